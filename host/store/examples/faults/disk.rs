//! A small file system of our own on a loop device, which can be cut off and filled. Needs root.

use super::Failure;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A mounted ext4 in a file. Unmounted when dropped.
pub struct Disk {
    image: PathBuf,
    mount: PathBuf,
}

/// Why there can be none here; none when there can.
pub fn missing() -> Option<&'static str> {
    if !cfg!(target_os = "linux") {
        return Some("needs Linux");
    }
    if !is_root() {
        return Some("needs root");
    }
    if !Path::new("/dev/loop-control").exists() {
        return Some("needs loop devices");
    }
    match Command::new("mkfs.ext4").arg("-V").output() {
        Ok(_) => None,
        Err(_) => Some("needs mkfs.ext4"),
    }
}

#[cfg(target_os = "linux")]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(target_os = "linux"))]
fn is_root() -> bool {
    false
}

impl Disk {
    /// Makes a file system of so many MiB in a directory and mounts it there.
    pub fn new(dir: &Path, mebibytes: u64) -> Result<Disk, Failure> {
        let (image, mount) = (dir.join("image"), dir.join("mount"));
        std::fs::create_dir_all(&mount)?;
        std::fs::File::create(&image)?.set_len(mebibytes << 20)?;
        run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image))?;
        let disk = Disk { image, mount };
        disk.attach()?;
        Ok(disk)
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        &self.mount
    }

    fn attach(&self) -> Result<(), Failure> {
        run(Command::new("mount").args(["-o", "loop"]).arg(&self.image).arg(&self.mount))
    }

    fn detach(&self) -> Result<(), Failure> {
        run(Command::new("umount").arg(&self.mount))
    }

    /// Cuts the file system off: what isn't in its log on disk by now never gets there.
    pub fn cut(&self) -> Result<(), Failure> {
        shut_down(&std::fs::File::open(&self.mount)?)
    }

    /// What the next start of the machine does: mounts it, with its log replayed.
    pub fn restart(&self) -> Result<(), Failure> {
        self.detach()?;
        self.attach()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // In a test that has failed already this may fail too; the directory then stays.
        drop(self.detach());
    }
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let name = command.get_program().to_string_lossy().into_owned();
    Err(format!("`{name}` failed: {}", String::from_utf8_lossy(&output.stderr).trim()).into())
}

#[cfg(target_os = "linux")]
fn shut_down(file: &std::fs::File) -> Result<(), Failure> {
    use rustix::ioctl::{Opcode, Setter, opcode};
    /// `_IOR('X', 125, __u32)`, which all journalling file systems share.
    const SHUTDOWN: Opcode = opcode::read::<u32>(b'X', 125);
    /// Without flushing the log first.
    const NO_LOG_FLUSH: u32 = 2;
    #[expect(unsafe_code, reason = "an ioctl: the kernel reads the 4 bytes that we pass, and nothing else")]
    // SAFETY: the opcode says a u32 is passed by address, and one is.
    unsafe {
        let setter = Setter::<SHUTDOWN, u32>::new(NO_LOG_FLUSH);
        rustix::ioctl::ioctl(file, setter)?;
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn shut_down(_: &std::fs::File) -> Result<(), Failure> {
    Err("needs Linux".into())
}
