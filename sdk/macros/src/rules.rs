//! `#[derive(Rules)]`.

use crate::attributes::{each_word, kebab, outside_name, sentences, text};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Field, Fields, Variant};

pub fn derive(input: DeriveInput) -> syn::Result<TokenStream> {
    let name = &input.ident;
    let Data::Enum(data) = &input.data else {
        return Err(syn::Error::new_spanned(name, "rules are the variants of an enum"));
    };
    let (mut texts, mut indices, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let last = data.variants.len().saturating_sub(1);
    for (index, variant) in data.variants.iter().enumerate() {
        let ident = &variant.ident;
        let is_last = index == last;
        let index = u16::try_from(index).map_err(|_| syn::Error::new_spanned(ident, "too many rules"))?;
        let fields: Vec<&Field> = match &variant.fields {
            Fields::Named(fields) => fields.named.iter().collect(),
            Fields::Unit => Vec::new(),
            // Its index is past those of all others.
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 && is_last => {
                indices.push(quote!(#name::#ident(sentence) => sentence.index(#index)));
                values.push(quote!(#name::#ident(sentence) => sentence.values.clone()));
                continue;
            }
            Fields::Unnamed(fields) => {
                let message = "the numbers of a step need names; only the last may be a `Sentence`";
                return Err(syn::Error::new_spanned(fields, message));
            }
        };
        texts.push(rule(variant, &fields)?);
        indices.push(quote!(#name::#ident { .. } => #index));
        let names = fields.iter().filter_map(|field| field.ident.as_ref());
        let cells = fields.iter().filter_map(|field| field.ident.as_ref());
        values.push(quote! {
            #name::#ident { #(#names),* } => ::attain_sdk::parts::cells(&[#(::attain_sdk::parts::Given::cell(#cells)),*])
        });
    }
    Ok(quote! {
        impl ::attain_sdk::parts::Rules for #name {
            const RULES: &'static [::attain_sdk::parts::Rule] = &[#(#texts),*];
            fn index(&self) -> u16 {
                match self { #(#indices),* }
            }
            fn values(&self) -> ::std::vec::Vec<i64> {
                match self { #(#values),* }
            }
        }
    })
}

fn rule(variant: &Variant, fields: &[&Field]) -> syn::Result<TokenStream> {
    let code = kebab(&variant.ident);
    let names: Vec<String> = fields.iter().filter_map(|f| f.ident.as_ref()).map(outside_name).collect();
    for (language, sentence) in [
        ("en", Some(crate::attributes::doc(&variant.attrs))),
        ("zh", crate::attributes::chinese(&variant.attrs)?),
    ] {
        let Some(sentence) = sentence else { continue };
        if sentence.is_empty() {
            return Err(syn::Error::new_spanned(&variant.ident, "a rule needs a doc comment: its sentence"));
        }
        for place in
            sentence.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(place, _)| place)
        {
            let mut parts = place.split('|');
            let place = parts.next().unwrap_or_default();
            if parts.count() > 2 {
                let message = format!("`{{{place}|...}}` has the word for one and that for more, no others");
                return Err(syn::Error::new_spanned(&variant.ident, message));
            }
            if !names.iter().any(|name| name == place) {
                let message = format!(
                    "the sentence in `{language}` has a place `{{{place}}}`, but there is no such field"
                );
                return Err(syn::Error::new_spanned(&variant.ident, message));
            }
        }
    }
    let places = fields.iter().map(|field| place(field)).collect::<syn::Result<Vec<_>>>()?;
    let text = sentences(&variant.attrs)?;
    Ok(quote!(::attain_sdk::parts::Rule { code: #code, places: &[#(#places),*], text: &[#text] }))
}

fn place(field: &Field) -> syn::Result<TokenStream> {
    let Some(ident) = &field.ident else { return Ok(quote!()) };
    let (name, ty) = (outside_name(ident), &field.ty);
    let mut like = None;
    each_word(&field.attrs, "place", |meta| {
        let known = meta.path.is_ident("like");
        if known {
            like = text(meta)?;
        }
        Ok(known)
    })?;
    let like = match like {
        Some(like) => quote!(::core::option::Option::Some(#like)),
        None => quote!(::core::option::Option::None),
    };
    let given = quote!(<#ty as ::attain_sdk::parts::Given>);
    Ok(quote!(::attain_sdk::parts::RulePlace {
        name: #name,
        kind: #given::KIND,
        like: #like,
        labels: <#given::Number as ::attain_sdk::parts::Value>::LABELS,
    }))
}
