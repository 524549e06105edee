//! Publishing: any bytes are a policy or an error with a code, the same ones twice, within bounds.
//!
//! An input is a choice of how its component is made, and what it is made of.

use crate::guests;
use crate::parts::Parts;
use crate::{Plant, Taken, codes};
use arbitrary::Unstructured;
use attain_engine::{
    Batch, Call, Context, Engine, EngineSettings, Limits, Policy, PolicyError, PublishLimits, TextSlice,
};
use attain_model::Unit;
use attain_model::manifest::{Binding, Grouping};
use std::fmt::Write as _;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use wasm_smith::Config;

/// The longest that anything here may take, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// Rows of what a policy that was taken in is asked to compute.
const ROWS: usize = 8;

/// How many ways a component is made.
pub(crate) const WAYS: u8 = 5;

static CONTEXT: Context = Context {
    period_kind: String::new(),
    first_day: 20_362,
    last_day: 20_453,
    year_first_day: 20_089,
    year_last_day: 20_453,
    money_decimals: 2,
};

pub(crate) fn check(input: &[u8], plant: Plant) -> Taken {
    let Some(component) = component_of(input) else { return Taken::No };
    let began = Instant::now();
    let [first, second] = engines();
    let (one, mut other) = (story(first, &component), story(second, &component));
    if plant.spoils(input) {
        other.push_str(" and a half");
    }
    assert_eq!(one, other, "the same bytes, two answers");
    assert!(began.elapsed() < PATIENCE, "it took {:?}", began.elapsed());
    Taken::Yes
}

/// The component that an input stands for.
fn component_of(input: &[u8]) -> Option<Vec<u8>> {
    let mut parts = Parts::new(input);
    match parts.byte() % WAYS {
        0 => Some(parts.rest().to_vec()),
        1 => {
            let mut chance = Unstructured::new(parts.rest());
            let config = config(&mut chance, None).ok()?;
            Some(wasm_smith::Component::new(config, &mut chance).ok()?.to_bytes())
        }
        2 => {
            let mut chance = Unstructured::new(parts.rest());
            let config = config(&mut chance, Some(guests::exports().to_vec())).ok()?;
            guests::encode(wasm_smith::Module::new(config, &mut chance).ok()?.to_bytes()).ok()
        }
        3 => {
            let mut component = guests::encode(parts.one_of(&sources()).to_vec()).ok()?;
            patch(&mut component, &mut parts);
            Some(component)
        }
        _ => {
            let mut module = parts.one_of(&sources()).to_vec();
            patch(&mut module, &mut parts);
            guests::encode(module).ok()
        }
    }
}

fn sources() -> Vec<&'static [u8]> {
    guests::modules().iter().map(Vec::as_slice).collect()
}

/// Overwrites bytes: where, in two bytes, and what, in one.
fn patch(bytes: &mut [u8], parts: &mut Parts<'_>) {
    while !parts.is_empty() {
        let at = usize::from(u16::from_le_bytes([parts.byte(), parts.byte()]));
        let length = bytes.len();
        if let Some(byte) = bytes.get_mut(at % length.max(1)) {
            *byte = parts.byte();
        }
    }
}

/// What wasm-smith may make: mostly what policies may use, else anything.
fn config(chance: &mut Unstructured<'_>, exports: Option<Vec<u8>>) -> arbitrary::Result<Config> {
    let any = chance.ratio(1u8, 8u8)?;
    Ok(Config {
        exports,
        allow_floats: any,
        simd_enabled: any,
        relaxed_simd_enabled: any,
        threads_enabled: any,
        tail_call_enabled: any,
        exceptions_enabled: any,
        gc_enabled: any,
        memory64_enabled: any,
        extended_const_enabled: any,
        saturating_float_to_int_enabled: any,
        max_imports: if any { 4 } else { 0 },
        max_memories: if any { 3 } else { 1 },
        max_tables: 3,
        max_funcs: 24,
        max_instructions: 120,
        max_memory32_bytes: 8 << 20,
        generate_custom_sections: chance.arbitrary()?,
        disallow_traps: chance.arbitrary()?,
        ..Config::default()
    })
}

/// Two engines that know nothing of each other, each of small limits.
fn engines() -> &'static [Engine; 2] {
    static ENGINES: OnceLock<[Engine; 2]> = OnceLock::new();
    ENGINES.get_or_init(|| {
        [(), ()].map(|()| {
            let settings = EngineSettings {
                calls_at_once: 4,
                policies_in_memory: 1,
                limits: small(),
                publish: PublishLimits {
                    component_bytes: 256 << 10,
                    functions: 400,
                    function_bytes: 8 << 10,
                    ..PublishLimits::default()
                },
                ..EngineSettings::default()
            };
            Engine::new(settings).expect("an engine")
        })
    })
}

fn small() -> Limits {
    Limits {
        fuel_base: 200_000,
        fuel_per_row: 10_000,
        memory_bytes: 8 << 20,
        output_bytes: 256 << 10,
        explain_steps: 16,
        ..Limits::default()
    }
}

/// All that an engine says about a component: what it is, what it binds to, what it computes and why.
fn story(engine: &Engine, component: &[u8]) -> String {
    let mut story = String::new();
    match engine.load(component) {
        Err(error) => tell(&mut story, &error),
        Ok(policy) => {
            _ = write!(story, "{:?}", policy.manifest());
            match policy.bind("{}", &CONTEXT) {
                Err(error) => tell(&mut story, &error),
                Ok(binding) => compute(&mut story, &policy, &binding),
            }
        }
    }
    story
}

fn tell(story: &mut String, error: &PolicyError) {
    codes::check(error);
    _ = write!(story, " {}: {error}", error.code());
}

fn compute(story: &mut String, policy: &Policy, binding: &Binding) {
    let limits = small();
    let call = Call { parameters: "{}", context: &CONTEXT, binding, limits: &limits };
    let (numbers, codes) = ([150i64; ROWS], [0u32; ROWS]);
    let texts = binding.inputs.iter().filter(|input| input.unit == Unit::Text).count();
    let ends = [ROWS as u32];
    let batch = Batch {
        rows: ROWS as u32,
        numbers: vec![&numbers; binding.inputs.len() - texts],
        texts: vec![TextSlice { dictionary: vec!["North"], codes: &codes }; texts],
        group_ends: if binding.grouping == Grouping::Each { &[] } else { &ends },
    };
    match policy.evaluate(&call, &batch) {
        Ok(evaluated) => {
            assert!(evaluated.fuel <= evaluated.fuel_allowed, "{evaluated:?}");
            assert!(evaluated.memory_bytes <= evaluated.memory_allowed, "{evaluated:?}");
            _ = write!(story, "{evaluated:?}");
        }
        Err(error) => tell(story, &error),
    }
    match policy.explain(&call, &batch, &[0, 7]) {
        Ok(steps) => _ = write!(story, "{steps:?}"),
        Err(error) => tell(story, &error),
    }
}
