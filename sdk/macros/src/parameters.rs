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
    let schema = match description.is_empty() {
        true => schema,
        false => quote!(::attain_sdk::parts::Schema::Described(#description, &#schema)),
    };
    let checked = checked(check.as_ref());
    Ok(quote! {
        impl ::attain_sdk::parts::Parameter for #name {
            const SCHEMA: ::attain_sdk::parts::Schema = #schema;
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

/// The expression of the schema, a constant, and that of the value (or it returns none).
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
            settings.default = Some(default(&meta.value()?.parse()?)?);
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

/// A literal as a default.
fn default(literal: &Lit) -> syn::Result<TokenStream> {
    match literal {
        Lit::Str(text) => Ok(quote!(::attain_sdk::parts::Preset::Text(#text))),
        Lit::Bool(yes) => Ok(quote!(::attain_sdk::parts::Preset::Flag(#yes))),
        Lit::Int(number) => Ok(quote!(::attain_sdk::parts::Preset::Whole(#number as i64))),
        other => Err(syn::Error::new_spanned(other, "a default is a text, a whole number, true or false")),
    }
}

fn structure(fields: &FieldsNamed, constructor: TokenStream) -> syn::Result<Body> {
    let idents: Vec<_> = fields.named.iter().filter_map(|field| field.ident.as_ref()).collect();
    let (mut properties, mut reads) = (Vec::new(), Vec::new());
    for (index, field) in fields.named.iter().enumerate() {
        let settings = settings(&field.attrs)?;
        let read = quote!(reading.field(&fields, #index));
        reads.push(match settings.min.is_some() || settings.max.is_some() {
            true => quote!({ let value = #read; reading.between(value, &fields, #index) }),
            false => read,
        });
        properties.push(property(field, settings));
    }
    let properties = quote!(&[#(#properties),*]);
    Ok(Body {
        schema: quote!(::attain_sdk::parts::Schema::Object(#properties)),
        read: quote! {
            let fields = reading.object(value, at, const { #properties })?;
            #(let #idents = #reads;)*
            // Only now: everything that is wrong has been told.
            #constructor { #(#idents: #idents?),* }
        },
    })
}

fn property(field: &Field, settings: Settings) -> TokenStream {
    let name = field.ident.as_ref().map(outside_name).unwrap_or_default();
    let (ty, description) = (&field.ty, doc(&field.attrs));
    let Settings { default, min, max } = settings;
    let option = |value: Option<TokenStream>| match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    };
    let (default, least, most) =
        (option(default), option(min.map(|min| quote!(#min))), option(max.map(|max| quote!(#max))));
    quote!(::attain_sdk::parts::Property {
        name: #name,
        doc: #description,
        default: #default,
        least: #least,
        most: #most,
        schema: &<#ty as ::attain_sdk::parts::Parameter>::SCHEMA,
    })
}

fn choices(name: &syn::Ident, data: &DataEnum) -> syn::Result<Body> {
    let (mut choices, mut arms) = (Vec::new(), Vec::new());
    for (index, variant) in data.variants.iter().enumerate() {
        let (ident, word, description) = (&variant.ident, kebab(&variant.ident), doc(&variant.attrs));
        // What stands in it is read at the place of its own.
        let at = quote!(let at = &::attain_sdk::parts::Path::Field(at, #word););
        let (inner, arm) = match &variant.fields {
            Fields::Unit => (None, quote!((#index, _) => #name::#ident)),
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                let ty = fields.unnamed.first().map(|field| &field.ty);
                let parameter = quote!(<#ty as ::attain_sdk::parts::Parameter>);
                let arm = quote!((#index, ::core::option::Option::Some(inner)) => {
                    #at
                    #name::#ident(#parameter::read(inner, at, reading)?)
                });
                (Some(quote!(#parameter::SCHEMA)), arm)
            }
            Fields::Named(fields) => {
                let Body { schema, read } = structure(fields, quote!(#name::#ident))?;
                let arm = quote!((#index, ::core::option::Option::Some(value)) => { #at #read });
                (Some(schema), arm)
            }
            Fields::Unnamed(fields) => {
                return Err(syn::Error::new_spanned(fields, "a choice has named fields or one value"));
            }
        };
        let inner = match inner {
            Some(schema) => quote!(::core::option::Option::Some(&#schema)),
            None => quote!(::core::option::Option::None),
        };
        choices.push(quote!(::attain_sdk::parts::Choice { name: #word, doc: #description, inner: #inner }));
        arms.push(arm);
    }
    let choices = quote!(&[#(#choices),*]);
    Ok(Body {
        schema: quote!(::attain_sdk::parts::Schema::Choice(#choices)),
        read: quote! {
            match reading.choice(value, at, const { #choices })? {
                #(#arms,)*
                _ => return ::core::option::Option::None,
            }
        },
    })
}
