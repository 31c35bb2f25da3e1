//! Import of a file of registrations: both agencies' lines, in the order in which they became known. A line that is
//! refused goes to a file with its findings, and the import goes on. Run again, lines that are in already are
//! passed over, so an import that was broken off is simply started anew.

use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use serde_json::{Value, json};

use super::job::{Actor, Answer, Answered, Job, Post, Refusal};
use super::service::Service;
use super::{json as one_of_a_name, view, wire};
use crate::auth::policy::Action;
use crate::domain::code::{ClientId, ClientReference};
use crate::domain::finding::{Allowed, Finding, Findings};
use crate::domain::rule::Rule;
use crate::domain::shape;
use crate::storage::access::Scope;

/// This many lines are decided in one transaction.
const CHUNK: usize = 4000;

/// What a file of UTF-8 may begin with.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What became of the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Lines read.
    pub lines: usize,
    /// Registered now.
    pub registered: usize,
    /// In already.
    pub repeated: usize,
    /// Refused.
    pub refused: usize,
    /// The position that includes everything.
    pub position: i64,
}

/// Why an import ended early.
#[derive(Debug)]
pub enum ImportFailure {
    /// The file can't be read, or the file of refused lines not written.
    Io(std::io::Error),
    /// The writer couldn't go on.
    Refused(Refusal),
}

impl std::fmt::Display for ImportFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => write!(f, "reading or writing failed: {error}"),
            Self::Refused(refusal) => write!(f, "the writer could not go on: {refusal:?}"),
        }
    }
}

impl From<std::io::Error> for ImportFailure {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

/// Lines read and understood, each with its place in the file.
#[derive(Default)]
struct Chunk {
    texts: Vec<(usize, String)>,
    posts: Vec<Post>,
    bytes: u64,
}

/// Imports lines of NDJSON. `progress` is told the bytes read so far and the summary after each chunk; refused lines
/// go to `refused`, each as `{line, input, findings}`.
///
/// # Errors
/// When the file can't be read or the database fails; what was committed before stays.
pub fn import(
    service: &Arc<Service>,
    client: &ClientId,
    lines: impl BufRead + Send + 'static,
    refused: &mut dyn Write,
    progress: &mut dyn FnMut(u64, Summary),
) -> Result<Summary, ImportFailure> {
    let mut summary = Summary::default();
    let mut under_way: Option<UnderWay> = None;
    for chunk in read_ahead(Arc::clone(service), lines) {
        // The next chunk waits in the queue while the last one is told of, so that the writer never waits.
        let next = submit(service, client, chunk?)?;
        if let Some(before) = under_way.replace(next) {
            finish(before, &mut summary, refused, progress)?;
        }
    }
    if let Some(last) = under_way {
        finish(last, &mut summary, refused, progress)?;
    }
    refused.flush()?;
    Ok(summary)
}

/// A chunk that the writer has, with its lines and their places in the file.
struct UnderWay {
    texts: Vec<(usize, String)>,
    bytes: u64,
    answer: tokio::sync::oneshot::Receiver<Answer>,
}

fn finish(
    under_way: UnderWay,
    summary: &mut Summary,
    refused: &mut dyn Write,
    progress: &mut dyn FnMut(u64, Summary),
) -> Result<(), ImportFailure> {
    let answer = under_way.answer.blocking_recv().unwrap_or(Err(Refusal::Stopping));
    let Answered::Outcome(outcome) = answer.map_err(ImportFailure::Refused)? else {
        return Err(ImportFailure::Refused(Refusal::Stopping));
    };
    summary.lines += under_way.texts.len();
    summary.position = summary.position.max(outcome.position.0);
    for (result, (line, text)) in outcome.results.iter().zip(&under_way.texts) {
        match result {
            Ok(done) if done.repeated => summary.repeated += 1,
            Ok(_) => summary.registered += 1,
            Err(findings) => {
                summary.refused += 1;
                write_refused(refused, *line, text, findings)?;
            }
        }
    }
    progress(under_way.bytes, *summary);
    Ok(())
}

/// Reads and parses the next chunks while the writer works on the last one.
fn read_ahead(
    service: Arc<Service>,
    mut lines: impl BufRead + Send + 'static,
) -> Receiver<Result<Chunk, std::io::Error>> {
    let (sender, receiver) = sync_channel(4);
    let thread = move || {
        let mut chunk = Chunk::default();
        let (mut bytes, mut number) = (0, 0);
        loop {
            let mut line = Vec::new();
            match lines.read_until(b'\n', &mut line) {
                Ok(0) => break,
                Ok(read) => bytes += read as u64,
                Err(error) => {
                    // Nobody waits any more when the import was broken off.
                    let _ = sender.send(Err(error));
                    return;
                }
            }
            number += 1;
            // Some programs begin a file with a byte order mark.
            let line = if number == 1 { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line) } else { &line };
            let text = String::from_utf8_lossy(line).trim().to_owned();
            if text.is_empty() {
                continue;
            }
            let is_text = std::str::from_utf8(line).is_ok();
            chunk.posts.push(if is_text { post(&service, &text, number) } else { unreadable() });
            chunk.texts.push((number, text));
            chunk.bytes = bytes;
            if chunk.texts.len() == CHUNK && sender.send(Ok(std::mem::take(&mut chunk))).is_err() {
                return;
            }
        }
        if !chunk.texts.is_empty() {
            // Nobody waits any more when the import was broken off.
            let _ = sender.send(Ok(chunk));
        }
    };
    // Without a thread the receiver sees an ended file; starting one fails only when the machine is out of them.
    if let Err(error) = std::thread::Builder::new().name("import".to_owned()).spawn(thread) {
        log::error!("the import's reader can't start: {error}");
    }
    receiver
}

/// A line that is no JSON object in UTF-8.
fn unreadable() -> Post {
    let finding = Finding::new(Rule::FaltFelTyp, "").allowed(Allowed::Shape(shape::ONE_OBJECT_A_LINE));
    Post::new(Err(finding.into()), Vec::new())
}

fn post(service: &Service, text: &str, number: usize) -> Post {
    let Ok(value) = one_of_a_name::read(text.as_bytes()) else { return unreadable() };
    let fingerprint = service.fingerprint(&value);
    let mut item = wire::line(&value, service.reading());
    if let Ok(item) = &mut item
        && item.client_reference.is_none()
    {
        // A line without a reference of its own gets one from its place and content, so that the import can be
        // started anew.
        let hash: String = fingerprint.iter().take(12).map(|b| format!("{b:02x}")).collect();
        item.client_reference = ClientReference::parse(&format!("line-{number}-{hash}")).ok();
    }
    Post::new(item, fingerprint)
}

fn submit(service: &Service, client: &ClientId, chunk: Chunk) -> Result<UnderWay, ImportFailure> {
    let job = Job {
        actor: Actor::Import(client.clone()),
        action: Action::ImportHistory,
        posts: chunk.posts,
        atomic: false,
        dry_run: false,
        if_match: None,
        idempotency: None,
        scope: Scope {
            client: client.to_string(),
            agency: None,
            handler: None,
            action: Action::ImportHistory.code(),
            trace: None,
            at: service.clock.now().timestamp_micros(),
        },
    };
    let answer = service.begin(job).map_err(ImportFailure::Refused)?;
    Ok(UnderWay { texts: chunk.texts, bytes: chunk.bytes, answer })
}

fn write_refused(out: &mut dyn Write, line: usize, input: &str, findings: &Findings) -> Result<(), std::io::Error> {
    // The input is the importer's own: it goes back to the same hands, in the file they asked for.
    let input: Value = serde_json::from_str(input).unwrap_or_else(|_| json!(input));
    let told = view::findings(findings);
    writeln!(out, "{}", json!({ "line": line, "input": input, "findings": told }))
}
