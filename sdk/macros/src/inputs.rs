//! `#[derive(Inputs)]`.

use crate::attributes::{doc, each_word, named, outside_name, path};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Field, GenericParam, Path};

#[derive(Default)]
struct Settings {
    when: Option<Path>,
    kind: Option<Path>,
    each: Option<Path>,
}

pub fn derive(input: DeriveInput) -> syn::Result<TokenStream> {
    let name = &input.ident;
    let Data::Struct(data) = &input.data else {
        return Err(syn::Error::new_spanned(name, "inputs are the fields of a struct"));
    };
    let mut plan: Option<Path> = None;
    each_word(&input.attrs, "inputs", |meta| {
        let known = meta.path.is_ident("plan");
        if known {
            plan = path(meta)?;
        }
        Ok(known)
    })?;
    // A row that borrows names from the batch has one lifetime.
    let ty = match input.generics.params.first() {
        Some(GenericParam::Lifetime(_)) => quote!(#name<'a>),
        _ => quote!(#name),
    };
    let (generics, plan) = match plan {
        Some(plan) => (quote!(<'a>), quote!(#plan)),
        None => (quote!(<'a, P>), quote!(P)),
    };
    let mut parts = Parts::default();
    for (index, field) in named(name, &data.fields)?.named.iter().enumerate() {
        parts.add(index, field)?;
    }
    let Parts { columns, declares, takes, reads } = parts;
    Ok(quote! {
        impl #generics ::attain_sdk::parts::Inputs<'a, #plan> for #ty {
            type Columns = (#(#columns,)*);
            fn declare(plan: &#plan, inputs: &mut ::std::vec::Vec<::attain_sdk::parts::Input>) {
                let _ = plan;
                #(#declares)*
            }
            fn columns(plan: &#plan, source: &mut ::attain_sdk::parts::Source<'a>) -> Self::Columns {
                let _ = plan;
                (#(#takes,)*)
            }
            #[inline]
            fn read(
                columns: &Self::Columns,
                row: usize,
            ) -> ::core::result::Result<Self, &'static str> {
                ::core::result::Result::Ok(Self { #(#reads),* })
            }
        }
    })
}

#[derive(Default)]
struct Parts {
    columns: Vec<TokenStream>,
    declares: Vec<TokenStream>,
    takes: Vec<TokenStream>,
    reads: Vec<TokenStream>,
}

impl Parts {
    fn add(&mut self, index: usize, field: &Field) -> syn::Result<()> {
        let Some(ident) = &field.ident else { return Ok(()) };
        let (name, ty, description) = (outside_name(ident), with_lifetime(&field.ty), doc(&field.attrs));
        let index = syn::Index::from(index);
        let Settings { when, kind, each } = settings(field)?;
        if let Some(each) = each {
            self.columns.push(quote!(::attain_sdk::parts::CellColumns<'a>));
            self.declares.push(quote!(inputs.extend(#each(plan));));
            self.takes.push(quote!(source.cells(&#each(plan))));
            self.reads.push(quote!(#ident: ::attain_sdk::parts::Cells::new(columns.#index, row)));
            return Ok(());
        }
        let cell = quote!(<#ty as ::attain_sdk::parts::Cell<'a>>);
        let need = when.map_or(quote!(#cell::NEED), |when| quote!(#when(plan)));
        let kind = kind.map_or(quote!(#cell::KIND), |kind| quote!(#kind(plan)));
        self.columns.push(quote!(#cell::Column));
        self.declares.push(quote!(::attain_sdk::parts::declare(#name, #description, #kind, #need, inputs);));
        self.takes.push(quote!(#cell::column(source, #need != ::attain_sdk::parts::Need::Unused)));
        self.reads.push(quote!(#ident: #cell::read(columns.#index, row).ok_or(#name)?));
        Ok(())
    }
}

fn settings(field: &Field) -> syn::Result<Settings> {
    let mut settings = Settings::default();
    each_word(&field.attrs, "input", |meta| {
        let place = match () {
            () if meta.path.is_ident("when") => &mut settings.when,
            () if meta.path.is_ident("kind") => &mut settings.kind,
            () if meta.path.is_ident("each") => &mut settings.each,
            () => return Ok(false),
        };
        *place = path(meta)?;
        Ok(true)
    })?;
    Ok(settings)
}

/// A field's type with `'a` for whatever the struct calls its lifetime.
fn with_lifetime(ty: &syn::Type) -> TokenStream {
    fn replaced(tokens: TokenStream) -> TokenStream {
        let mut after_quote = false;
        tokens
            .into_iter()
            .map(|token| match token {
                proc_macro2::TokenTree::Ident(ident) if after_quote => {
                    after_quote = false;
                    proc_macro2::Ident::new("a", ident.span()).into()
                }
                proc_macro2::TokenTree::Punct(punct) => {
                    after_quote = punct.as_char() == '\'';
                    punct.into()
                }
                proc_macro2::TokenTree::Group(group) => {
                    proc_macro2::Group::new(group.delimiter(), replaced(group.stream())).into()
                }
                other => other,
            })
            .collect()
    }
    replaced(quote!(#ty))
}
