//! The engine: one set of settings, the policies it has in memory, and the way in for new ones.

use crate::cache::Cache;
use crate::check;
use crate::compile::{Compilers, Compiling, on_thread};
use crate::error::{EngineError, PolicyError};
use crate::instance::Allowance;
use crate::limits::{Limits, PublishLimits};
use crate::policy::{self, Policy};
use crate::profile::{self, Profile};
use crate::slots::{self, Slots};
use crate::ticker;
use attain_model::Digest;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use wasmtime::component::Component;
use wasmtime::{Enabled, InstanceAllocationStrategy, PoolingAllocationConfig};

/// Linear memory that stays with a slot between two calls: what a batch of 8,192 rows touches. With the
/// kernel's page map this makes a fresh instance nearly free; without, a call costs twice as much.
const KEEP_RESIDENT_BYTES: usize = 2 << 20;

/// Address space of a linear memory with its guards, rounded up.
const MEMORY_GIB: u64 = 5;

/// How the engine is set up. Nothing here shows in a result.
#[derive(Clone, Debug)]
pub struct EngineSettings {
    /// Where compiled policies are kept between two starts, in a folder for nothing else; none keeps them in
    /// memory only. The folder and its key are made at first use, for the host's own user alone.
    pub cache: Option<PathBuf>,
    /// How many calls run at once; further ones wait. At least the number of threads that evaluate.
    pub calls_at_once: u32,
    /// Linear memory that all calls together may take, in bytes; one that would take more waits.
    pub memory_at_once: u64,
    /// How many compiled policies stay in memory; the one not used for longest goes first.
    pub policies_in_memory: usize,
    /// What `describe` and `bind` may use. Other calls bring their own limits; their instances, memories,
    /// tables and table elements can't be more than these, for which there is room.
    pub limits: Limits,
    /// What a component may be.
    pub publish: PublishLimits,
    /// Where components are compiled.
    pub compiling: Compiling,
    /// How many are compiled at once; further ones wait.
    pub compiled_at_once: usize,
}

impl Default for EngineSettings {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(4, |n| u32::try_from(n.get()).unwrap_or(4));
        EngineSettings {
            cache: None,
            calls_at_once: threads.saturating_mul(2).clamp(4, 256),
            memory_at_once: slots::half_of_memory(),
            policies_in_memory: 64,
            limits: Limits::default(),
            publish: PublishLimits::default(),
            compiling: Compiling::default(),
            compiled_at_once: 2,
        }
    }
}

/// Loads policies. Cheap to share: make one for a process.
pub struct Engine {
    wasmtime: wasmtime::Engine,
    profile: Profile,
    cache: Option<Cache>,
    publish: PublishLimits,
    loaded: Mutex<Loaded>,
    compiling: Compiling,
    /// So many at once, so that uploads can't take all processors, and two callers with the same component
    /// compile it once.
    compilers: Compilers,
    shared: Arc<Shared>,
}

/// What policies keep of their engine.
pub(crate) struct Shared {
    pub(crate) slots: Slots,
    limits: Limits,
}

impl Shared {
    pub(crate) fn small(&self) -> Allowance<'_> {
        policy::small(&self.limits)
    }
}

impl Engine {
    /// Sets the engine up and starts its clock.
    pub fn new(settings: EngineSettings) -> Result<Engine, EngineError> {
        let slots = settings.calls_at_once.max(1);
        let mut config = profile::config();
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(slots, &settings.limits)));
        let wasmtime = wasmtime::Engine::new(&config).map_err(|error| EngineError::Settings {
            gib: MEMORY_GIB * u64::from(slots) * u64::from(settings.limits.memories),
            source: error.into_boxed_dyn_error(),
        })?;
        ticker::start(&wasmtime).map_err(EngineError::Clock)?;
        let profile = Profile::of(&wasmtime);
        let open = |folder: PathBuf| {
            let cache = Cache::open(&folder, &wasmtime, profile.digest());
            cache.map_err(|source| EngineError::Cache { folder, source })
        };
        Ok(Engine {
            cache: settings.cache.map(open).transpose()?,
            publish: settings.publish,
            loaded: Mutex::new(Loaded::new(settings.policies_in_memory)),
            compiling: settings.compiling,
            compilers: Compilers::new(settings.compiled_at_once),
            shared: Arc::new(Shared {
                slots: Slots::new(slots, settings.memory_at_once),
                limits: settings.limits,
            }),
            wasmtime,
            profile,
        })
    }

    /// The settings that results depend on.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Checks a component as it is checked at publish, compiles it or takes it from the cache, and asks it
    /// what it is. The same bytes give the same policy, from memory when it is still there.
    pub fn load(&self, component: &[u8]) -> Result<Arc<Policy>, PolicyError> {
        let size = component.len() as u64;
        if size > self.publish.component_bytes {
            // Before hashing it.
            return Err(PolicyError::TooLarge { bytes: size, most: self.publish.component_bytes });
        }
        let digest = Digest::of(component);
        if let Some(policy) = self.in_memory().get(&digest) {
            return Ok(policy);
        }
        let _place = self.compilers.take(digest);
        if let Some(policy) = self.in_memory().get(&digest) {
            return Ok(policy);
        }
        let cached = self.cache.as_ref().and_then(|cache| cache.load(&self.wasmtime, &digest));
        let compiled = match cached {
            Some(compiled) => compiled,
            None => self.compile(component, &digest)?,
        };
        let policy = Arc::new(Policy::admit(Arc::clone(&self.shared), digest, &compiled)?);
        self.in_memory().insert(digest, Arc::clone(&policy));
        Ok(policy)
    }

    /// The policy of a component that was loaded before and is still in memory. Whoever asks has its record: that they
    /// may use it isn't asked here.
    pub fn loaded(&self, digest: &Digest) -> Option<Arc<Policy>> {
        self.in_memory().get(digest)
    }

    fn compile(&self, bytes: &[u8], digest: &Digest) -> Result<Component, PolicyError> {
        on_thread(|| check::check(bytes, &self.publish))?;
        let compiled = self.compiling.compile(&self.wasmtime, bytes).map_err(|error| match error {
            PolicyError::Compile { what } => too_many_parts(&what).unwrap_or(PolicyError::Compile { what }),
            other => other,
        })?;
        if let Some(cache) = &self.cache {
            // A full disk costs time at the next start, not the policy.
            _ = compiled.serialize().map(|bytes| cache.store(digest, &bytes));
        }
        Ok(compiled)
    }

    fn in_memory(&self) -> std::sync::MutexGuard<'_, Loaded> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Engine(profile {})", self.profile.digest().short())
    }
}

/// Reads the allocator's refusal of a component that needs more of something than a slot has, such as
/// `... transitively contains 3 Wasm linear memories, which exceeds the configured maximum of 2 ...`.
fn too_many_parts(refusal: &str) -> Option<PolicyError> {
    if !refusal.contains("pooling allocator") {
        return None;
    }
    let number_after = |words: &str| -> Option<u64> {
        let (_, rest) = refusal.split_once(words)?;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    let either = |one: &str, other: &str| number_after(one).or_else(|| number_after(other));
    let what = match () {
        () if refusal.contains("element size") => "elements in a table",
        () if refusal.contains("memories") => "linear memories",
        () if refusal.contains("tables") => "tables",
        () => "core instances",
    };
    let found = either("contains ", "count of ").or_else(|| number_after("element size of "))?;
    Some(PolicyError::Structure { what, found, most: either("maximum of ", "limit of ")? })
}

fn pool(slots: u32, limits: &Limits) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(slots)
        .total_core_instances(slots.saturating_mul(limits.instances))
        .total_memories(slots.saturating_mul(limits.memories))
        .total_tables(slots.saturating_mul(limits.tables))
        .total_gc_heaps(0)
        .max_core_instances_per_component(limits.instances)
        .max_memories_per_component(limits.memories)
        .max_tables_per_component(limits.tables)
        .max_tables_per_module(limits.tables)
        .table_elements(limits.table_elements as usize)
        .max_memory_size(4 << 30)
        .linear_memory_keep_resident(KEEP_RESIDENT_BYTES)
        .table_keep_resident(64 << 10)
        .pagemap_scan(Enabled::Auto);
    pool
}

/// Compiled policies in memory, the least recently used going first.
#[derive(Debug)]
struct Loaded {
    most: usize,
    clock: u64,
    policies: HashMap<Digest, (Arc<Policy>, u64)>,
}

impl Loaded {
    fn new(most: usize) -> Loaded {
        Loaded { most: most.max(1), clock: 0, policies: HashMap::new() }
    }

    fn get(&mut self, digest: &Digest) -> Option<Arc<Policy>> {
        self.clock += 1;
        let (policy, used) = self.policies.get_mut(digest)?;
        *used = self.clock;
        Some(Arc::clone(policy))
    }

    fn insert(&mut self, digest: Digest, policy: Arc<Policy>) {
        self.clock += 1;
        if self.policies.len() >= self.most {
            let oldest = self.policies.iter().min_by_key(|(_, (_, used))| *used).map(|(digest, _)| *digest);
            oldest.and_then(|digest| self.policies.remove(&digest));
        }
        self.policies.insert(digest, (policy, self.clock));
    }
}
