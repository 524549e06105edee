//! `#[policy(...)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{
    Expr, ExprLit, FnArg, GenericArgument, ItemFn, Lit, Meta, Path, PathArguments, ReturnType, Token, Type,
};

#[derive(Default)]
struct Settings {
    grouping: Option<TokenStream>,
    each: bool,
    rules: Option<Path>,
    sentences: Option<Path>,
    chinese: Option<String>,
    table: Option<String>,
    order: Vec<String>,
}

pub fn expand(arguments: TokenStream, mut function: ItemFn) -> syn::Result<TokenStream> {
    let settings = settings(arguments)?;
    let Some(rules) = &settings.rules else {
        return Err(syn::Error::new_spanned(
            &function.sig,
            "name the steps of its explanation: `rules = Step`",
        ));
    };
    // The loop over rows calls it in one place per instance.
    function.attrs.push(syn::parse_quote!(#[inline]));
    let types = types(&function, settings.each)?;
    let (plan, grouping) = (&types.plan, settings.grouping.clone().unwrap_or_default());
    let (implementation, evaluate, explain, outputs) =
        if settings.each { each(&function, &types) } else { group(&function, &types, &grouping) };
    let (out, whole) = (&types.out, &types.whole);
    let outputs_max = match settings.each {
        true => quote!(<#out as ::attain_sdk::parts::Outputs<#plan>>::MOST),
        false => quote!(
            <#out as ::attain_sdk::parts::Outputs<#plan>>::MOST
                + <#whole as ::attain_sdk::parts::Outputs<#plan>>::MOST
        ),
    };
    let row = anonymous(&types.row, "_");
    let table = settings.table.as_deref().unwrap_or("people");
    let sentences = match &settings.sentences {
        Some(path) => quote!(#path(plan)),
        None => quote!(::std::vec::Vec::new()),
    };
    let chinese = settings.chinese.map(|text| quote!(, ("zh", #text)));
    let order = settings.order.iter().map(|key| {
        let (input, descending) = (key.trim_start_matches('-'), key.starts_with('-'));
        quote!(::attain_sdk::parts::Order { input: #input, descending: #descending })
    });
    Ok(quote! {
        #function

        /// The policy, for whoever runs it: see `attain_sdk::native`.
        pub struct Policy;

        const _: () = {
        // Private, as the types that it names may be.
        struct Rule;

        #implementation

        impl ::attain_sdk::parts::Definition for Rule {
            type Plan = #plan;
            const ABOUT: ::attain_sdk::parts::About = ::attain_sdk::parts::About {
                name: ::core::env!("CARGO_PKG_NAME"),
                version: ::core::env!("CARGO_PKG_VERSION"),
                summary: &[("en", ::core::env!("CARGO_PKG_DESCRIPTION")) #chinese],
                table: #table,
                rules: <#rules as ::attain_sdk::parts::Rules>::RULES,
                order: &[#(#order),*],
            };
            fn declare(plan: &#plan) -> ::attain_sdk::parts::Declared {
                let mut inputs = ::std::vec::Vec::new();
                <#row as ::attain_sdk::parts::Inputs<'_, #plan>>::declare(plan, &mut inputs);
                let mut outputs = ::std::vec::Vec::new();
                #outputs
                ::attain_sdk::parts::Declared {
                    inputs,
                    outputs,
                    outputs_max: #outputs_max,
                    grouping: #grouping,
                    rules: #sentences,
                }
            }
            fn evaluate(
                plan: &#plan,
                batch: &::attain_sdk::Batch,
            ) -> ::attain_sdk::Result<::std::vec::Vec<::std::vec::Vec<i64>>> {
                #evaluate
            }
            fn explain(
                plan: &#plan,
                batch: &::attain_sdk::Batch,
                rows: &[u32],
            ) -> ::attain_sdk::Result<::std::vec::Vec<::std::vec::Vec<::attain_sdk::Step>>> {
                #explain
            }
        }

        impl ::attain_sdk::parts::Policy for Policy {
            fn describe() -> ::std::string::String {
                ::attain_sdk::parts::describe::<Rule>()
            }
            fn bind(
                parameters: &str,
                context: &::attain_sdk::Context,
            ) -> ::core::result::Result<::std::string::String, ::std::vec::Vec<::attain_sdk::parts::ContractFailure>> {
                ::attain_sdk::parts::bind::<Rule>(parameters, context)
            }
            fn evaluate(
                parameters: &str,
                context: &::attain_sdk::Context,
                batch: &::attain_sdk::Batch,
            ) -> ::core::result::Result<::std::vec::Vec<::std::vec::Vec<i64>>, ::attain_sdk::parts::ContractFailure> {
                ::attain_sdk::parts::evaluate::<Rule>(parameters, context, batch)
            }
            fn explain(
                parameters: &str,
                context: &::attain_sdk::Context,
                batch: &::attain_sdk::Batch,
                rows: &[u32],
            ) -> ::core::result::Result<
                ::std::vec::Vec<::std::vec::Vec<::attain_sdk::Step>>,
                ::attain_sdk::parts::ContractFailure,
            > {
                ::attain_sdk::parts::explain::<Rule>(parameters, context, batch, rows)
            }
        }
        };

        #[cfg(target_arch = "wasm32")]
        ::attain_sdk::contract::export_rules!(Policy with_types_in ::attain_sdk::contract);
    })
}

type Quoted = (TokenStream, TokenStream, TokenStream, TokenStream);

fn each(function: &ItemFn, types: &Types) -> Quoted {
    let name = &function.sig.ident;
    let Types { plan, row, out, .. } = types;
    let (row_type, row_argument) = (anonymous(row, "a"), anonymous(row, "_"));
    let implementation = quote! {
        impl ::attain_sdk::parts::EachRow for Rule {
            type Plan = #plan;
            type Row<'a> = #row_type;
            type Out = #out;
            #[inline]
            fn rule(
                plan: &#plan,
                row: #row_argument,
                why: &mut impl ::attain_sdk::parts::Why,
            ) -> ::attain_sdk::Result<#out> {
                #name(plan, row, why)
            }
        }
    };
    let outputs = quote!(<#out as ::attain_sdk::parts::Outputs<#plan>>::declare(plan, &mut outputs););
    (
        implementation,
        quote!(::attain_sdk::parts::evaluate_rows::<Rule>(plan, batch)),
        quote!(::attain_sdk::parts::explain_rows::<Rule>(plan, batch, rows)),
        outputs,
    )
}

fn group(function: &ItemFn, types: &Types, grouping: &TokenStream) -> Quoted {
    let name = &function.sig.ident;
    let Types { plan, row, out, whole } = types;
    let (row_type, row_argument) = (anonymous(row, "a"), anonymous(row, "_"));
    let implementation = quote! {
        impl ::attain_sdk::parts::EachGroup for Rule {
            type Plan = #plan;
            type Row<'a> = #row_type;
            type Out = #out;
            type Whole = #whole;
            #[inline]
            fn rule(
                plan: &#plan,
                rows: &[#row_argument],
                outs: &mut [#out],
                why: &mut impl ::attain_sdk::parts::Why,
            ) -> ::attain_sdk::Result<#whole> {
                #name(plan, rows, outs, why)
            }
        }
    };
    let outputs = quote! {
        <#out as ::attain_sdk::parts::Outputs<#plan>>::declare(plan, &mut outputs);
        <#whole as ::attain_sdk::parts::Outputs<#plan>>::declare(plan, &mut outputs);
    };
    (
        implementation,
        quote!(::attain_sdk::parts::evaluate_groups::<Rule>(plan, batch, &#grouping)),
        quote!(::attain_sdk::parts::explain_groups::<Rule>(plan, batch, &#grouping, rows)),
        outputs,
    )
}

fn settings(arguments: TokenStream) -> syn::Result<Settings> {
    let mut settings = Settings::default();
    for meta in Punctuated::<Meta, Token![,]>::parse_terminated.parse2(arguments)? {
        let word = meta.path().get_ident().map(ToString::to_string).unwrap_or_default();
        match (word.as_str(), &meta) {
            ("each", Meta::Path(_)) => {
                settings.each = true;
                settings.grouping = Some(quote!(::attain_sdk::parts::Grouping::Each));
            }
            ("person", Meta::Path(_)) => {
                settings.grouping = Some(quote!(::attain_sdk::parts::Grouping::Person));
            }
            ("all", Meta::Path(_)) => settings.grouping = Some(quote!(::attain_sdk::parts::Grouping::All)),
            ("by", Meta::NameValue(value)) => {
                let inputs = texts(&value.value)?;
                let by = quote!(::std::vec![#(::std::string::String::from(#inputs)),*]);
                settings.grouping = Some(quote!(::attain_sdk::parts::Grouping::By(#by)));
            }
            ("grouping", Meta::NameValue(value)) => {
                let path = &value.value;
                settings.grouping = Some(quote!(#path(plan)));
            }
            ("rules", Meta::NameValue(value)) => settings.rules = Some(path(&value.value)?),
            ("sentences", Meta::NameValue(value)) => settings.sentences = Some(path(&value.value)?),
            ("zh", Meta::NameValue(value)) => settings.chinese = texts(&value.value)?.into_iter().next(),
            ("table", Meta::NameValue(value)) => settings.table = texts(&value.value)?.into_iter().next(),
            ("order", Meta::NameValue(value)) => settings.order = texts(&value.value)?,
            _ => {
                let message = "expected `each`, `all`, `person`, `by = \"...\"`, `grouping = path`, `rules = path`, \
                               `sentences = path`, `zh = \"...\"`, `table = \"...\"` or `order = \"...\"`";
                return Err(syn::Error::new_spanned(meta, message));
            }
        }
    }
    if settings.grouping.is_none() {
        let message =
            "say which rows it sees together: `each`, `all`, `person`, `by = \"team\"` or `grouping = path`";
        return Err(syn::Error::new(proc_macro2::Span::call_site(), message));
    }
    Ok(settings)
}

/// A text, or a list of texts.
fn texts(value: &Expr) -> syn::Result<Vec<String>> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(vec![text.value()]),
        Expr::Array(array) => {
            let each = array.elems.iter().map(texts).collect::<syn::Result<Vec<_>>>()?;
            Ok(each.into_iter().flatten().collect())
        }
        other => Err(syn::Error::new_spanned(other, "expected a text")),
    }
}

fn path(value: &Expr) -> syn::Result<Path> {
    match value {
        Expr::Path(path) => Ok(path.path.clone()),
        other => Err(syn::Error::new_spanned(other, "expected a type's name")),
    }
}

/// The types in a rule's signature.
struct Types {
    plan: Type,
    row: Type,
    out: Type,
    whole: Type,
}

fn types(function: &ItemFn, each: bool) -> syn::Result<Types> {
    let shape = if each {
        "expected `fn rule(plan: &Plan, row: Row, why: &mut impl Why) -> Result<Out>`"
    } else {
        "expected `fn rule(plan: &Plan, rows: &[Row], outs: &mut [Out], why: &mut impl Why) -> Result<Whole>`"
    };
    let wrong = || syn::Error::new_spanned(&function.sig, shape);
    let arguments: Vec<&Type> = function
        .sig
        .inputs
        .iter()
        .filter_map(|argument| match argument {
            FnArg::Typed(argument) => Some(&*argument.ty),
            FnArg::Receiver(_) => None,
        })
        .collect();
    let result = returned(&function.sig.output).ok_or_else(wrong)?;
    match (arguments.as_slice(), each) {
        ([plan, row, _], true) => Ok(Types {
            plan: referred(plan).ok_or_else(wrong)?,
            row: (*row).clone(),
            out: result.clone(),
            whole: result,
        }),
        ([plan, rows, outs, _], false) => Ok(Types {
            plan: referred(plan).ok_or_else(wrong)?,
            row: sliced(rows).ok_or_else(wrong)?,
            out: sliced(outs).ok_or_else(wrong)?,
            whole: result,
        }),
        _ => Err(wrong()),
    }
}

fn referred(ty: &Type) -> Option<Type> {
    match ty {
        Type::Reference(reference) => Some((*reference.elem).clone()),
        _ => None,
    }
}

fn sliced(ty: &Type) -> Option<Type> {
    match referred(ty)? {
        Type::Slice(slice) => Some(*slice.elem),
        _ => None,
    }
}

/// `T` of `Result<T>`.
fn returned(output: &ReturnType) -> Option<Type> {
    let ReturnType::Type(_, ty) = output else { return None };
    let Type::Path(path) = &**ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    }
}

/// A row's type with its lifetime, where it has one, by this name.
fn anonymous(ty: &Type, name: &str) -> Type {
    let mut ty = ty.clone();
    if let Type::Path(path) = &mut ty
        && let Some(last) = path.path.segments.last_mut()
        && let PathArguments::AngleBracketed(arguments) = &mut last.arguments
    {
        for argument in &mut arguments.args {
            if let GenericArgument::Lifetime(lifetime) = argument {
                lifetime.ident = syn::Ident::new(name, lifetime.ident.span());
            }
        }
    }
    ty
}
