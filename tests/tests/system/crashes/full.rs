//! Disks that fill up, before an act or in the middle of one: on a file system of its own on a loop device, with a
//! server on it. What was acknowledged is there, nothing hangs, the host says that it isn't ready, and when there is
//! room again it goes on by itself. Needs root; says so and passes elsewhere.

use super::Failure;
use super::disk::{self, Disk};
use super::work::{ACTS, Act, Work};
use attain_tests::random::Random;
use attain_tests::{Attain, Server, trials};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A fifth of this many disks.
const USUAL_TRIALS: usize = 25;
const FULL_SEED: u64 = 9;

/// What a host leaves free: with less it writes nothing.
const FREE_BYTES_MIN: u64 = 256 << 20;

/// How long a host may take to see that there is room.
const PATIENCE: Duration = Duration::from_secs(60);

/// A file that takes up room.
struct Filler(PathBuf);

impl Filler {
    /// Leaves so many bytes free, about.
    fn leave(disk: &Path, bytes: u64) -> Result<Filler, Failure> {
        let place = disk.join("filler");
        let free = rustix::fs::statvfs(disk).map(|about| about.f_bavail * about.f_frsize)?;
        let file = std::fs::File::create(&place)?;
        let flags = rustix::fs::FallocateFlags::empty();
        rustix::fs::fallocate(&file, flags, 0, free.saturating_sub(bytes).max(1))?;
        Ok(Filler(place))
    }
}

impl Drop for Filler {
    fn drop(&mut self) {
        _ = std::fs::remove_file(&self.0);
    }
}

fn is_ready(server: &Server) -> bool {
    server.send("GET", "/readyz", "", b"").status == 200
}

/// Waits until the host says that it is ready, or that it isn't.
#[track_caller]
fn wait_until(server: &Server, ready: bool) {
    let since = Instant::now();
    while is_ready(server) != ready {
        assert!(since.elapsed() < PATIENCE, "it doesn't say that it is {ready}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn what_was_acknowledged_survives_full_disks_and_the_host_goes_on_when_there_is_room() {
    if let Some(why) = disk::missing() {
        eprintln!("skipped: {why}");
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let disk = match Disk::new(place.path(), 2_048) {
        Ok(disk) => disk,
        Err(why) => {
            eprintln!("skipped: a loop device can't be mounted here: {why}");
            return;
        }
    };
    let host = Attain::new();
    std::os::unix::fs::symlink(disk.path(), host.folder().join("data")).unwrap();
    let mut work = Work::new(host);
    let mut random = Random::new(FULL_SEED);
    let acts: Vec<Act> = ACTS.into_iter().filter(|act| *act != Act::Open).collect();
    let trials = trials(USUAL_TRIALS).div_ceil(5);
    for trial in 0..trials {
        let act = acts[trial % acts.len()];
        let server = work.host.serve();
        wait_until(&server, true);
        let in_the_middle = random.below(2) == 0;
        let left = if in_the_middle { random.below(2 << 20) } else { random.below(2 * FREE_BYTES_MIN) };
        let moment = work.moment(act, &mut random);
        let (filler, answer) = if in_the_middle {
            let busy = work.begin(act);
            std::thread::sleep(moment);
            let filler = Filler::leave(disk.path(), left).unwrap();
            (filler, work.end(busy))
        } else {
            let busy = work.begin_on(act, || Filler::leave(disk.path(), left).unwrap());
            (busy.1, work.end(busy.0))
        };
        let said = if answer.code == 0 { "acknowledged" } else { answer.err.trim() };
        let when = if in_the_middle { format!("after {moment:.1?}") } else { "before".to_owned() };
        eprintln!("disk {trial}: {act:?}, filled {when} but for {left} bytes: {said}");
        if left < FREE_BYTES_MIN {
            wait_until(&server, false);
        }
        drop(filler);
        wait_until(&server, true);
        let busy = work.begin(act);
        let answer = work.end(busy);
        assert_eq!(answer.code, 0, "with room again: {}", answer.err);
        drop(server);
        work.check();
    }
    eprintln!("full disks: {trials} trials, seed {FULL_SEED}, none lost, none half there; {}", work.count());
}
