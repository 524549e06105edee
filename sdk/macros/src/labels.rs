//! `#[derive(Labels)]`.

use crate::attributes::{doc, sentences};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields};

pub fn derive(input: DeriveInput) -> syn::Result<TokenStream> {
    let name = &input.ident;
    let Data::Enum(data) = &input.data else {
        return Err(syn::Error::new_spanned(name, "labels are the variants of an enum"));
    };
    let (mut labels, mut cells, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (index, variant) in data.variants.iter().enumerate() {
        let ident = &variant.ident;
        if !matches!(variant.fields, Fields::Unit) || doc(&variant.attrs).is_empty() {
            return Err(syn::Error::new_spanned(ident, "a label has no fields, and a doc comment: its name"));
        }
        let index = i64::try_from(index).map_err(|_| syn::Error::new_spanned(ident, "too many labels"))?;
        let texts = sentences(&variant.attrs)?;
        labels.push(quote!(&[#texts]));
        cells.push(quote!(#name::#ident => #index));
        values.push(quote!(#index => #name::#ident));
    }
    let Some(first) = data.variants.first().map(|variant| &variant.ident) else {
        return Err(syn::Error::new_spanned(name, "there is no label"));
    };
    Ok(quote! {
        impl ::attain_sdk::parts::Value for #name {
            const KIND: ::attain_sdk::Kind = ::attain_sdk::Kind::new(::attain_sdk::Unit::Label, 0);
            const LABELS: &'static [&'static [(&'static str, &'static str)]] = &[#(#labels),*];
            #[inline]
            fn to_cell(self) -> i64 {
                match self { #(#cells),* }
            }
            #[inline]
            fn of_cell(cell: i64) -> ::core::option::Option<Self> {
                let value = match cell { #(#values,)* _ => #name::#first };
                (cell != ::attain_sdk::NO_VALUE).then_some(value)
            }
        }
    })
}
