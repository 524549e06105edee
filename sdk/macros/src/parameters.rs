//! `#[derive(Parameters)]`.

use crate::attributes::{doc, each_word, kebab, named, outside_name, path, text};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DataEnum, DeriveInput, Field, Fields, FieldsNamed, Lit, Path};

pub fn derive(input: DeriveInput) -> syn::Result<TokenStream> {
    let name = &input.ident;
    let description = doc(&input.attrs);
    let mut check = None;
    each_word(&input.attrs, "parameter", |meta| {
        let is_check = meta.path.is_ident("check");
        if is_check {
            check = path(meta)?;
        }
        Ok(is_check)
    })?;
    let body = match &input.data {
        Data::Struct(data) => structure(named(name, &data.fields)?, quote!(#name))?,
        Data::Enum(data) => choices(name, data)?,
        Data::Union(_) => return Err(syn::Error::new_spanned(name, "a union can't be a parameter")),
    };
    let Body { schema, read } = body;
    let checked = checked(check.as_ref());
    Ok(quote! {
        impl ::attain_sdk::parts::Parameter for #name {
            fn schema() -> ::attain_sdk::parts::Json {
                let schema = #schema;
                ::attain_sdk::parts::described(schema, #description)
            }
            fn read(
                value: &::attain_sdk::parts::Json,
                at: &::attain_sdk::parts::Path<'_>,
                reading: &mut ::attain_sdk::parts::Reading<'_>,
            ) -> ::core::option::Option<Self> {
                let made: Self = { #read };
                #checked
                ::core::option::Option::Some(made)
            }
        }
    })
}

fn checked(check: Option<&Path>) -> TokenStream {
    match check {
        Some(check) => quote!(#check(&made, &mut reading.wrong(at));),
        None => quote!(),
    }
}

/// The expressions that give the schema and the value (or return none).
struct Body {
    schema: TokenStream,
    read: TokenStream,
}

/// What the attribute of a field says.
#[derive(Default)]
struct Settings {
    default: Option<TokenStream>,
    min: Option<String>,
    max: Option<String>,
}

fn settings(attributes: &[Attribute]) -> syn::Result<Settings> {
    let mut settings = Settings::default();
    each_word(attributes, "parameter", |meta| {
        if meta.path.is_ident("default") {
            settings.default = Some(json(&meta.value()?.parse()?)?);
        } else if meta.path.is_ident("min") {
            settings.min = text(meta)?;
        } else if meta.path.is_ident("max") {
            settings.max = text(meta)?;
        } else {
            return Ok(false);
        }
        Ok(true)
    })?;
    Ok(settings)
}

/// A literal as JSON.
fn json(literal: &Lit) -> syn::Result<TokenStream> {
    match literal {
        Lit::Str(text) => Ok(quote!(::attain_sdk::parts::Json::text(#text))),
        Lit::Bool(yes) => Ok(quote!(::attain_sdk::parts::Json::Bool(#yes))),
        Lit::Int(number) => Ok(quote!(::attain_sdk::parts::Json::whole(#number as i64))),
        other => Err(syn::Error::new_spanned(other, "a default is a text, a whole number, true or false")),
    }
}

fn structure(fields: &FieldsNamed, constructor: TokenStream) -> syn::Result<Body> {
    let mut schemas = Vec::new();
    let mut reads = Vec::new();
    let idents: Vec<_> = fields.named.iter().filter_map(|field| field.ident.as_ref()).collect();
    let names: Vec<String> = idents.iter().map(|ident| outside_name(ident)).collect();
    for (field, name) in fields.named.iter().zip(&names) {
        let (schema, read) = self::field(field, name)?;
        schemas.push(schema);
        reads.push(read);
    }
    Ok(Body {
        schema: quote!(::attain_sdk::parts::object_schema(::std::vec![#(#schemas),*])),
        read: quote! {
            let fields = reading.object(value, at, &[#(#names),*])?;
            #(let #idents = #reads;)*
            // Only now: everything that is wrong has been told.
            #constructor { #(#idents: #idents?),* }
        },
    })
}

fn field(field: &Field, name: &str) -> syn::Result<(TokenStream, TokenStream)> {
    let ty = &field.ty;
    let Settings { default, min, max } = settings(&field.attrs)?;
    let option = |value: &Option<String>| match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    };
    let (least, most) = (option(&min), option(&max));
    let description = doc(&field.attrs);
    let optional = match &default {
        Some(json) => quote!(::core::option::Option::Some(#json)),
        None => quote!(::core::option::Option::None),
    };
    let schema = quote!(::attain_sdk::parts::property::<#ty>(#name, #description, #optional, #least, #most));
    let default = match &default {
        Some(json) => quote!(::core::option::Option::Some(&#json)),
        None => quote!(::core::option::Option::None),
    };
    let mut read = quote!(reading.field::<#ty>(&fields, at, #name, #default));
    if min.is_some() || max.is_some() {
        read = quote!({
            let value = #read;
            reading.between(value, at, #name, #least, #most)
        });
    }
    Ok((schema, read))
}

fn choices(name: &syn::Ident, data: &DataEnum) -> syn::Result<Body> {
    let (mut words, mut objects) = (Vec::new(), Vec::new());
    let (mut schemas, mut arms) = (Vec::new(), Vec::new());
    for variant in &data.variants {
        let (ident, word, description) = (&variant.ident, kebab(&variant.ident), doc(&variant.attrs));
        match &variant.fields {
            Fields::Unit => {
                schemas.push(quote!(::attain_sdk::parts::choice(#word, #description)));
                arms.push(quote!((#word, _) => #name::#ident));
                words.push(word);
            }
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                let ty = fields.unnamed.first().map(|field| &field.ty);
                schemas.push(quote!(::attain_sdk::parts::choice_with(
                    #word, #description, <#ty as ::attain_sdk::parts::Parameter>::schema()
                )));
                arms.push(quote!((#word, ::core::option::Option::Some(inner)) => {
                    let at = &::attain_sdk::parts::Path::Field(at, #word);
                    #name::#ident(<#ty as ::attain_sdk::parts::Parameter>::read(inner, at, reading)?)
                }));
                objects.push(word);
            }
            Fields::Named(fields) => {
                let Body { schema, read } = structure(fields, quote!(#name::#ident))?;
                schemas.push(quote!(::attain_sdk::parts::choice_with(#word, #description, #schema)));
                arms.push(quote!((#word, ::core::option::Option::Some(value)) => {
                    let at = &::attain_sdk::parts::Path::Field(at, #word);
                    #read
                }));
                objects.push(word);
            }
            Fields::Unnamed(fields) => {
                return Err(syn::Error::new_spanned(fields, "a choice has named fields or one value"));
            }
        }
    }
    Ok(Body {
        schema: quote!(::attain_sdk::parts::one_of(::std::vec![#(#schemas),*])),
        read: quote! {
            match ::attain_sdk::parts::variant(value, at, reading, &[#(#words),*], &[#(#objects),*])? {
                #(#arms,)*
                _ => return ::core::option::Option::None,
            }
        },
    })
}
