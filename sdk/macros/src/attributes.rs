//! Reading doc comments and attributes.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Fields, FieldsNamed, Ident, Lit, LitStr, Meta, Path};

/// The doc comment in one line.
pub fn doc(attributes: &[Attribute]) -> String {
    let mut lines = Vec::new();
    for attribute in attributes {
        if let Meta::NameValue(meta) = &attribute.meta
            && meta.path.is_ident("doc")
            && let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &meta.value
        {
            lines.push(text.value().trim().to_owned());
        }
    }
    lines.join(" ").trim().to_owned()
}

/// The text of `#[zh("...")]`.
pub fn chinese(attributes: &[Attribute]) -> syn::Result<Option<String>> {
    let attribute = attributes.iter().find(|attribute| attribute.path().is_ident("zh"));
    attribute.map(|attribute| Ok(attribute.parse_args::<LitStr>()?.value())).transpose()
}

/// The pairs of language and sentence of an item: its doc comment, and its Chinese.
pub fn sentences(attributes: &[Attribute]) -> syn::Result<TokenStream> {
    let english = doc(attributes);
    let chinese = chinese(attributes)?.map(|text| quote!(, ("zh", #text)));
    Ok(quote!(("en", #english) #chinese))
}

/// Calls `read` for each word of the attributes of this name.
pub fn each_word(
    attributes: &[Attribute],
    name: &str,
    mut read: impl FnMut(&syn::meta::ParseNestedMeta<'_>) -> syn::Result<bool>,
) -> syn::Result<()> {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        attribute.parse_nested_meta(|meta| match read(&meta)? {
            true => Ok(()),
            false => Err(meta.error(format!("`#[{name}]` has no such word"))),
        })?;
    }
    Ok(())
}

/// The path after `word =`.
pub fn path(meta: &syn::meta::ParseNestedMeta<'_>) -> syn::Result<Option<Path>> {
    Ok(Some(meta.value()?.parse()?))
}

/// The text after `word =`.
pub fn text(meta: &syn::meta::ParseNestedMeta<'_>) -> syn::Result<Option<String>> {
    Ok(Some(meta.value()?.parse::<LitStr>()?.value()))
}

/// The named fields of a struct.
pub fn named<'f>(name: &Ident, fields: &'f Fields) -> syn::Result<&'f FieldsNamed> {
    match fields {
        Fields::Named(fields) => Ok(fields),
        other => Err(syn::Error::new(other.span(), format!("`{name}` needs fields with names"))),
    }
}

/// What a field is called outside Rust.
pub fn outside_name(name: &Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}

/// `PerSlice` as `per-slice`.
pub fn kebab(name: &Ident) -> String {
    let mut kebab = String::new();
    for (i, character) in name.to_string().trim_start_matches("r#").chars().enumerate() {
        if character.is_uppercase() && i > 0 {
            kebab.push('-');
        }
        kebab.extend(character.to_lowercase());
    }
    kebab
}
