//! Compiling a component: hostile input to a compiler.
//!
//! Upstream counts slow compiling as no fault, and one small component can make it slow. So a host has it done in a
//! child process: the same program, which limits itself before it reads a byte, inherits no environment and is given
//! nothing but the component. What it takes too much of costs its sender an error; runs go on, at a higher priority.
//! A program that serves nobody compiles on a thread.

use crate::error::PolicyError;
use crate::profile;
use attain_model::Digest;
use std::collections::HashSet;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;
use wasmtime::component::Component;

/// Stack of the compiler's thread: deeply nested code needs more than a thread has by default.
const STACK_BYTES: usize = 64 << 20;

/// First byte of what a child answers: compiled code follows, its length first, or a sentence why there is none.
const COMPILED: u8 = 0;
const REFUSED: u8 = 1;

/// The most bytes of a refusal.
const REFUSAL_BYTES: usize = 4 << 10;

/// Where components are compiled.
#[derive(Clone, Debug, Default)]
pub enum Compiling {
    /// On a thread of this process, without limits: for components that one trusts, one's own.
    #[default]
    Thread,
    /// In a child process.
    Child(Child),
}

/// A child process that compiles: a program that calls [`compile_as_child`].
#[derive(Clone, Debug)]
pub struct Child {
    /// The program: this one, as a rule.
    pub program: PathBuf,
    /// What makes it compile.
    pub arguments: Vec<OsString>,
    /// What it may take.
    pub limits: CompileLimits,
}

/// What compiling one component may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileLimits {
    /// Address space. A component of 4 MiB takes some hundred MiB.
    pub memory_bytes: u64,
    /// Processor time. A policy in Rust takes half a second.
    pub cpu_seconds: u64,
    /// Time until there is an answer.
    pub wall_ms: u64,
    /// Compiled code. It is two to four times its component.
    pub code_bytes: u64,
}

impl Default for CompileLimits {
    fn default() -> Self {
        CompileLimits { memory_bytes: 2 << 30, cpu_seconds: 30, wall_ms: 60_000, code_bytes: 64 << 20 }
    }
}

impl Compiling {
    /// Compiled code, as [`Component::deserialize`] takes it.
    pub(crate) fn compile(
        &self,
        engine: &wasmtime::Engine,
        component: &[u8],
    ) -> Result<Component, PolicyError> {
        match self {
            Compiling::Thread => on_thread(|| {
                Component::from_binary(engine, component).map_err(|error| refused(format!("{error:#}")))
            }),
            Compiling::Child(child) => {
                let code = child.compile(component)?;
                #[expect(
                    unsafe_code,
                    reason = "the bytes are what the compiler of this very program just gave"
                )]
                // SAFETY: as above; a pipe that only the child holds brought them.
                let compiled = unsafe { Component::deserialize(engine, code) };
                compiled.map_err(|error| refused(format!("{error:#}")))
            }
        }
    }
}

/// Runs something that nests deeply on a thread with a large stack. A panic is the compiler's, and ends there.
pub(crate) fn on_thread<T: Send>(
    work: impl FnOnce() -> Result<T, PolicyError> + Send,
) -> Result<T, PolicyError> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("attain-compiler".to_owned()).stack_size(STACK_BYTES);
        let thread = thread.spawn_scoped(scope, work).map_err(host)?;
        thread.join().unwrap_or_else(|_| Err(refused("the compiler gave up".to_owned())))
    })
}

fn refused(what: String) -> PolicyError {
    PolicyError::Compile { what }
}

fn host(source: io::Error) -> PolicyError {
    PolicyError::Host { export: crate::error::Export::Start, source: Box::new(source) }
}

impl Child {
    fn compile(&self, component: &[u8]) -> Result<Vec<u8>, PolicyError> {
        let CompileLimits { memory_bytes, cpu_seconds, wall_ms, code_bytes } = self.limits;
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(host)?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (Some(mut input), Some(output)) = (input, output) else {
            return Err(host(io::ErrorKind::BrokenPipe.into()));
        };
        let (send, answer) = channel();
        let answer = std::thread::scope(|scope| {
            scope.spawn(move || {
                // A child that ended early doesn't take it all; how it ended says why.
                _ = [memory_bytes, cpu_seconds]
                    .iter()
                    .try_for_each(|limit| input.write_all(&limit.to_le_bytes()));
                input.write_all(component)
            });
            scope.spawn(move || {
                let mut bytes = Vec::new();
                let read = output.take(code_bytes.saturating_add(1 + 8)).read_to_end(&mut bytes);
                send.send(read.map(|_| bytes))
            });
            let answer = answer.recv_timeout(Duration::from_millis(wall_ms));
            // It has answered, or it won't. Its pipes close, and so the threads end.
            if !matches!(&answer, Ok(Ok(bytes)) if bytes.is_empty()) {
                _ = child.kill();
            }
            answer
        });
        let status = child.wait().map_err(host)?;
        let over = |what, most, unit| PolicyError::CompileLimit { what, most, unit };
        let bytes = match answer {
            Err(RecvTimeoutError::Timeout) => return Err(over("time", wall_ms, "ms")),
            Err(RecvTimeoutError::Disconnected) => return Err(host(io::ErrorKind::BrokenPipe.into())),
            Ok(read) => read.map_err(host)?,
        };
        match bytes.split_first() {
            Some((&COMPILED, rest)) => {
                match rest.split_first_chunk().map(|(n, code)| (u64::from_le_bytes(*n), code)) {
                    Some((length, _)) if length > code_bytes => Err(over("code", code_bytes, "bytes")),
                    // Compiled code is run as it is: never a part of it.
                    Some((length, code)) if code.len() as u64 == length => Ok(code.to_vec()),
                    _ => Err(host(io::ErrorKind::UnexpectedEof.into())),
                }
            }
            Some((_, what)) => Err(refused(String::from_utf8_lossy(what).into_owned())),
            // Past its processor time it has a signal of its own; without memory it gives up, or the system ends it.
            None if killed_for_time(status) => Err(over("processor time", cpu_seconds, "s")),
            None if status.code().is_none() => Err(over("memory", memory_bytes, "bytes")),
            None => Err(host(io::Error::other(format!("the compiler ended with {status}")))),
        }
    }
}

#[cfg(unix)]
fn killed_for_time(status: std::process::ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    status.signal() == Some(rustix::process::Signal::XCPU.as_raw())
}

#[cfg(not(unix))]
fn killed_for_time(_: std::process::ExitStatus) -> bool {
    false
}

/// What a child process does: limits itself, reads limits and a component, and answers.
///
/// # Errors
///
/// Where it can't limit itself, and then it reads nothing; where its parent has gone.
pub fn compile_as_child(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    let mut limit = || {
        let mut bytes = [0; 8];
        input.read_exact(&mut bytes).map(|()| u64::from_le_bytes(bytes))
    };
    limit_self(limit()?, limit()?)?;
    let mut component = Vec::new();
    input.read_to_end(&mut component)?;
    let compiled = on_thread(|| {
        let engine =
            wasmtime::Engine::new(&profile::config()).map_err(|error| refused(format!("{error:#}")))?;
        engine.precompile_component(&component).map_err(|error| refused(format!("{error:#}")))
    });
    match compiled {
        Ok(code) => {
            output.write_all(&[COMPILED])?;
            output.write_all(&(code.len() as u64).to_le_bytes())?;
            output.write_all(&code)?;
        }
        Err(error) => {
            let what = match error {
                PolicyError::Compile { what } => what,
                other => other.to_string(),
            };
            output.write_all(&[REFUSED])?;
            output.write_all(what.as_bytes().get(..REFUSAL_BYTES).unwrap_or(what.as_bytes()))?;
        }
    }
    output.flush()
}

/// Bounds this process's memory and processor time for good, and lets others go first.
#[cfg(unix)]
fn limit_self(memory_bytes: u64, cpu_seconds: u64) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, nice, setrlimit};
    let both = |most: u64| Rlimit { current: Some(most), maximum: Some(most) };
    setrlimit(Resource::Core, both(0))?;
    setrlimit(Resource::Fsize, both(0))?;
    setrlimit(Resource::As, both(memory_bytes))?;
    // A second after the first signal comes one that nobody can ignore.
    let most = Rlimit { current: Some(cpu_seconds), maximum: Some(cpu_seconds.saturating_add(1)) };
    setrlimit(Resource::Cpu, most)?;
    _ = nice(10);
    leave_a_processor();
    Ok(())
}

/// Leaves the last processor to others, where there are several: a compiler that holds one for seconds would make each
/// short answer wait for the next tick of the clock.
#[cfg(target_os = "linux")]
fn leave_a_processor() {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let Ok(mut processors) = sched_getaffinity(None) else { return };
    let last = (0..CpuSet::MAX_CPU).rev().find(|processor| processors.is_set(*processor));
    if let Some(last) = last.filter(|_| processors.count() > 1) {
        processors.unset(last);
        // Where it can't be had, it compiles as it is.
        _ = sched_setaffinity(None, &processors);
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn leave_a_processor() {}

#[cfg(not(unix))]
fn limit_self(_: u64, _: u64) -> io::Result<()> {
    Ok(())
}

/// Which components are being compiled: each once, and no more at once than there are places.
#[derive(Debug)]
pub(crate) struct Compilers {
    most: usize,
    busy: Mutex<HashSet<Digest>>,
    freed: Condvar,
}

/// A place taken, given back when dropped.
pub(crate) struct Place<'a>(&'a Compilers, Digest);

impl Compilers {
    pub(crate) fn new(most: usize) -> Compilers {
        Compilers { most: most.max(1), busy: Mutex::default(), freed: Condvar::new() }
    }

    /// Waits for a place, and for whoever compiles the same component.
    pub(crate) fn take(&self, component: Digest) -> Place<'_> {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        while busy.len() >= self.most || busy.contains(&component) {
            busy = self.freed.wait(busy).unwrap_or_else(PoisonError::into_inner);
        }
        busy.insert(component);
        Place(self, component)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
        self.0.freed.notify_all();
    }
}
