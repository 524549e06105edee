//! `#[derive(Outputs)]`.

use crate::attributes::{doc, each_word, named, outside_name, path, text};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Field, Ident, Path, Type};

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
    let mut fields: Vec<&Field> = named(name, &data.fields)?.named.iter().collect();
    let each = each(&mut fields)?;
    let count = fields.len();
    let indices: Vec<syn::Index> = (0..count).map(syn::Index::from).collect();
    let idents: Vec<&Ident> = fields.iter().filter_map(|field| field.ident.as_ref()).collect();
    let declares: Vec<TokenStream> =
        fields.iter().map(|field| declared(field, per_group)).collect::<syn::Result<_>>()?;
    let constants = if per_group { quote!() } else { constants(name, &fields, each.as_ref()) };
    let Parts { most, declare, columns, write } = parts(each.as_ref(), per_group);
    Ok(quote! {
        impl #generics ::attain_sdk::parts::Outputs<#plan> for #name {
            type Columns = ([::std::vec::Vec<i64>; #count], ::std::vec::Vec<::std::vec::Vec<i64>>);
            const MOST: usize = #count + #most;
            fn declare(plan: &#plan, outputs: &mut ::std::vec::Vec<::attain_sdk::parts::Output>) {
                let _ = plan;
                #(#declares)*
                #declare
            }
            fn columns(plan: &#plan, rows: usize) -> Self::Columns {
                let _ = plan;
                (::core::array::from_fn(|_| ::std::vec![0; rows]), #columns)
            }
            #[inline]
            fn write(self, columns: &mut Self::Columns, row: usize) {
                #(::attain_sdk::parts::put(
                    &mut columns.0[#indices],
                    row,
                    ::attain_sdk::parts::Given::cell(&self.#idents),
                );)*
                #write
            }
            fn finish(columns: Self::Columns, all: &mut ::std::vec::Vec<::std::vec::Vec<i64>>) {
                all.extend(columns.0);
                all.extend(columns.1);
            }
        }
        #constants
    })
}

/// The field of the outputs that parameters name, and the function that says which they are.
struct Each<'f> {
    ident: &'f Ident,
    ty: &'f Type,
    path: Path,
}

/// Takes the field with `#[output(each = path)]` from the fields, where there is one: the last, so that those
/// before it have indices that no parameter changes.
fn each<'f>(fields: &mut Vec<&'f Field>) -> syn::Result<Option<Each<'f>>> {
    let last = fields.len().saturating_sub(1);
    for (index, field) in fields.iter().enumerate() {
        let (mut of, mut others) = (None, false);
        each_word(&field.attrs, "output", |meta| {
            match meta.path.is_ident("each") {
                true => of = path(meta)?,
                false => {
                    // What the word says is read with the other outputs.
                    others = true;
                    if meta.input.peek(syn::Token![=]) {
                        meta.value()?.parse::<syn::Expr>()?;
                    }
                }
            }
            Ok(true)
        })?;
        let (Some(of), Some(ident)) = (of, &field.ident) else { continue };
        if index != last || others {
            let message = "the outputs that parameters name are the last field, and `each` says all of them";
            return Err(syn::Error::new_spanned(ident, message));
        }
        let each = Each { ident, ty: &field.ty, path: of };
        fields.pop();
        return Ok(Some(each));
    }
    Ok(None)
}

/// What the outputs that parameters name add to the code.
struct Parts {
    most: TokenStream,
    declare: TokenStream,
    columns: TokenStream,
    write: TokenStream,
}

fn parts(each: Option<&Each<'_>>, per_group: bool) -> Parts {
    let Some(Each { ident, ty, path }) = each else {
        let (columns, nothing) = (quote!(::std::vec::Vec::new()), TokenStream::new());
        return Parts { most: quote!(0), declare: nothing.clone(), columns, write: nothing };
    };
    let per_group = match per_group {
        true => quote!(.map(|output| ::attain_sdk::parts::Output { per_group: true, ..output })),
        false => TokenStream::new(),
    };
    Parts {
        most: quote!(<#ty>::MOST),
        declare: quote!(outputs.extend(::core::iter::IntoIterator::into_iter(#path(plan)) #per_group);),
        columns: quote!(<#ty>::columns(&#path(plan), rows)),
        write: quote!(self.#ident.write(&mut columns.1, row);),
    }
}

/// `Earned::COMMISSION`, for the steps that add to it.
fn constants(name: &Ident, fields: &[&Field], each: Option<&Each<'_>>) -> TokenStream {
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
    let several = each.zip(u16::try_from(fields.len()).ok()).map(|(each, first)| {
        let constant = format_ident!("{}", outside_name(each.ident).to_uppercase());
        let declared = quote! {
            /// The outputs that the parameters name.
            pub const #constant: ::attain_sdk::parts::SeveralColumns =
                ::attain_sdk::parts::SeveralColumns::new(#first);
        };
        (constant, declared)
    });
    let used = named.iter().map(|(constant, ..)| constant);
    let used = used
        .chain(several.as_ref().map(|(constant, _)| constant))
        .map(|constant| quote!(let _ = #name::#constant;));
    let several = several.as_ref().map(|(_, declared)| declared);
    quote! {
        impl #name { #(#constants)* #several }
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
        const {
            &::attain_sdk::parts::OutputField {
                name: #name,
                doc: #description,
                fold: #fold,
                per_group: #per_group,
                labels: <#given::Number as ::attain_sdk::parts::Value>::LABELS,
            }
        }
        .declare(#kind, #role, outputs);
    })
}
