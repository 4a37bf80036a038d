//! A child process with its output kept, waited for line by line, and killed when dropped.

use std::{
    io::{BufRead as _, BufReader, Read},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// No scenario waits longer than this for anything it expects; nothing is expected to be slow.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Process {
    name: String,
    child: Child,
    stdin: Option<ChildStdin>,
    output: Arc<Output>,
}

#[derive(Default)]
struct Output {
    lines: Mutex<Vec<String>>,
    grown: Condvar,
}

impl Process {
    /// Starts `command` under a name for messages. A missing program is named, with the remedy.
    pub(crate) fn start(name: &str, command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{name}: cannot start {:?}: {error}; run deploy/bootstrap --tests",
                    command.get_program()
                )
            });
        let output = Arc::new(Output::default());
        collect(child.stdout.take().expect("piped"), &output);
        collect(child.stderr.take().expect("piped"), &output);
        let stdin = child.stdin.take();
        Self { name: name.to_owned(), child, stdin, output }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn stdin(&mut self) -> &mut ChildStdin {
        self.stdin.as_mut().expect("piped")
    }

    /// The first line, past or coming, that contains `needle`.
    pub(crate) fn wait_for_line(&self, needle: &str) -> String {
        self.wait_until(needle, |line| line.contains(needle))
    }

    /// The first line, past or coming, that satisfies `wanted`.
    pub(crate) fn wait_until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        self.wait(what, |lines| lines.iter().find(|line| wanted(line)).cloned())
    }

    /// Waits until so many lines contain `needle`.
    pub(crate) fn wait_for_lines(&self, needle: &str, count: usize) {
        self.wait(&format!("{needle:?} {count} times"), |lines| {
            (lines.iter().filter(|line| line.contains(needle)).count() >= count).then_some(())
        });
    }

    fn wait<T>(&self, what: &str, found: impl Fn(&[String]) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        let mut lines = self.output.lines.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(found) = found(&lines) {
                return found;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let said = lines.join("\n");
                drop(lines);
                panic!("{} never said {what}; it said:\n{said}", self.name);
            }
            lines = self
                .output
                .grown
                .wait_timeout(lines, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// All that was said so far.
    pub(crate) fn said(&self) -> String {
        self.output.lines.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }

    /// The exit status, once the process has ended by itself.
    pub(crate) fn wait_for_exit(&mut self, patience: Duration) -> ExitStatus {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                return status;
            }
            assert!(
                Instant::now() < deadline,
                "{} has not ended after {patience:?}; it said:\n{}",
                self.name,
                self.said()
            );
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a child can be waited for").is_some()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("---- {} said:\n{}", self.name, self.said());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(stream: impl Read + Send + 'static, output: &Arc<Output>) {
    let output = Arc::clone(output);
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n') {
            let Ok(line) = line else { break };
            let line = String::from_utf8_lossy(&line).into_owned();
            output.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            output.grown.notify_all();
        }
    });
}
