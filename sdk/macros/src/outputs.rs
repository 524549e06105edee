//! `#[derive(Outputs)]`.

use crate::attributes::{doc, each_word, named, outside_name, path, text};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Field, Ident, Path};

/// What a host can do with an output, as the attribute and the SDK name it.
const ROLES: [(&str, &str); 8] = [
    ("pay", "Pay"),
    ("score", "Score"),
    ("factor", "Factor"),
    ("award", "Award"),
    ("alert", "Alert"),
    ("target_change", "TargetChange"),
    ("info", "Info"),
    ("carry", "Carry"),
];

pub fn derive(input: DeriveInput) -> syn::Result<TokenStream> {
    let name = &input.ident;
    let Data::Struct(data) = &input.data else {
        return Err(syn::Error::new_spanned(name, "outputs are the fields of a struct"));
    };
    let (mut plan, mut per) = (None, None);
    each_word(&input.attrs, "outputs", |meta| {
        match () {
            () if meta.path.is_ident("plan") => plan = path(meta)?,
            () if meta.path.is_ident("per") => per = text(meta)?,
            () => return Ok(false),
        }
        Ok(true)
    })?;
    let per_group = match per.as_deref() {
        None | Some("row") => false,
        Some("group") => true,
        Some(_) => return Err(syn::Error::new_spanned(name, "`per` is \"row\" or \"group\"")),
    };
    let (generics, plan) = match plan {
        Some(plan) => (quote!(), quote!(#plan)),
        None => (quote!(<P>), quote!(P)),
    };
    let fields: Vec<&Field> = named(name, &data.fields)?.named.iter().collect();
    let count = fields.len();
    let indices: Vec<syn::Index> = (0..count).map(syn::Index::from).collect();
    let idents: Vec<&Ident> = fields.iter().filter_map(|field| field.ident.as_ref()).collect();
    let declares: Vec<TokenStream> =
        fields.iter().map(|field| declared(field, per_group)).collect::<syn::Result<_>>()?;
    let constants = if per_group { quote!() } else { constants(name, &fields) };
    Ok(quote! {
        impl #generics ::attain_sdk::parts::Outputs<#plan> for #name {
            type Columns = [::std::vec::Vec<i64>; #count];
            fn declare(plan: &#plan, outputs: &mut ::std::vec::Vec<::attain_sdk::parts::Output>) {
                let _ = plan;
                #(#declares)*
            }
            fn columns(rows: usize) -> Self::Columns {
                ::core::array::from_fn(|_| ::std::vec![0; rows])
            }
            #[inline]
            fn write(self, columns: &mut Self::Columns, row: usize) {
                #(::attain_sdk::parts::put(
                    &mut columns[#indices],
                    row,
                    ::attain_sdk::parts::Given::cell(&self.#idents),
                );)*
            }
            fn finish(columns: Self::Columns, all: &mut ::std::vec::Vec<::std::vec::Vec<i64>>) {
                all.extend(columns);
            }
        }
        #constants
    })
}

/// `Earned::COMMISSION`, for the steps that add to it.
fn constants(name: &Ident, fields: &[&Field]) -> TokenStream {
    let named: Vec<(Ident, &syn::Type, String)> = fields
        .iter()
        .filter_map(|field| {
            let name = outside_name(field.ident.as_ref()?);
            Some((format_ident!("{}", name.to_uppercase()), &field.ty, name))
        })
        .collect();
    let constants = named.iter().zip(0u16..).map(|((constant, ty, name), index)| {
        let about = format!("The output `{name}`.");
        quote! {
            #[doc = #about]
            pub const #constant:
                ::attain_sdk::parts::Column<<#ty as ::attain_sdk::parts::Given>::Number> =
                ::attain_sdk::parts::Column::new(#index);
        }
    });
    let used = named.iter().map(|(constant, ..)| quote!(let _ = #name::#constant;));
    quote! {
        impl #name { #(#constants)* }
        // Not every output is named by a step.
        const _: () = { #(#used)* };
    }
}

fn declared(field: &Field, per_group: bool) -> syn::Result<TokenStream> {
    let Some(ident) = &field.ident else { return Ok(quote!()) };
    let (name, ty, description) = (outside_name(ident), &field.ty, doc(&field.attrs));
    let mut role: Option<TokenStream> = None;
    let mut kind: Option<Path> = None;
    let mut fold: Option<String> = None;
    each_word(&field.attrs, "output", |meta| {
        if let Some((_, variant)) = ROLES.iter().find(|(word, _)| meta.path.is_ident(word)) {
            let variant = format_ident!("{variant}");
            role = Some(quote!(::attain_sdk::parts::Role::#variant));
        } else if meta.path.is_ident("role") {
            role = path(meta)?.map(|path| quote!(#path(plan)));
        } else if meta.path.is_ident("kind") {
            kind = path(meta)?;
        } else if meta.path.is_ident("fold") {
            fold = text(meta)?;
        } else {
            return Ok(false);
        }
        Ok(true)
    })?;
    let Some(role) = role else {
        return Err(syn::Error::new_spanned(
            ident,
            "say what the host does with it, such as `#[output(pay)]`",
        ));
    };
    let given = quote!(<#ty as ::attain_sdk::parts::Given>);
    let kind = kind.map_or(quote!(#given::KIND), |kind| quote!(#kind(plan)));
    let fold = match fold {
        Some(fold) => quote!(::core::option::Option::Some(#fold)),
        None => quote!(::core::option::Option::None),
    };
    Ok(quote! {
        outputs.push(::attain_sdk::parts::Output {
            name: ::std::string::String::from(#name),
            kind: #kind,
            role: #role,
            per_group: #per_group,
            fold: #fold,
            labels: <#given::Number as ::attain_sdk::parts::Value>::LABELS,
            doc: ::std::string::String::from(#description),
        });
    })
}
