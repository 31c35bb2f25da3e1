//! A real OpenID provider and a real browser: npm's `oidc-provider` and `playwright-core` in `SUS_PROVIDER` (default
//! `~/.cache/sus-provider`, installed by `.ci/provider`), and Debian's chromium. Where one is missing, that is said
//! loudly and its tests do nothing.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Once;

use serde_json::{Value, json};

/// A program of Node's that takes orders line by line and answers each; it ends with the test.
pub struct Node {
    child: Child,
    orders: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Node {
    fn start(program: &str, arguments: &[&str]) -> Option<Self> {
        let place = place()?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/provider").join(program);
        let mut child = Command::new("node")
            .arg(script)
            .args(arguments)
            .env("SUS_PROVIDER", place)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let orders = child.stdin.take();
        let answers = BufReader::new(child.stdout.take()?).lines();
        Some(Self { child, orders, answers })
    }

    fn answer(&mut self) -> Value {
        let answer = self.answers.by_ref().map(Result::unwrap).find(|line| line.starts_with('{'));
        let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
        assert!(answer.get("error").is_none(), "{answer}");
        answer
    }

    /// Gives an order and waits for what comes of it.
    pub fn order(&mut self, order: &Value) -> Value {
        writeln!(self.orders.as_mut().unwrap(), "{order}").unwrap();
        self.answer()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It ends when it gets no more orders.
        self.orders.take();
        let _ = self.child.wait();
    }
}

/// The provider, while it runs.
pub struct Provider {
    node: Node,
    pub issuer: String,
    pub audience: String,
    pub secret: String,
    pub folder: tempfile::TempDir,
}

impl Provider {
    /// One that sends people back to a service at `base`.
    pub fn start(base: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let callback = format!("{base}/login/callback");
        let arguments = [folder.path().to_str().unwrap(), &callback, &format!("{base}/?message=logged-out")];
        let mut node = Node::start("provider.mjs", &arguments)?;
        let told = node.answer();
        let text = |name: &str| told[name].as_str().unwrap().to_owned();
        Some(Self { issuer: text("issuer"), audience: text("audience"), secret: text("secret"), node, folder })
    }

    pub fn order(&mut self, order: &Value) -> Value {
        self.node.order(order)
    }

    /// A token of these claims by the provider's own key.
    pub fn sign(&mut self, header: &Value, claims: &Value) -> String {
        let told = self.order(&json!({"do": "sign", "header": header, "claims": claims}));
        told["token"].as_str().unwrap().to_owned()
    }

    /// The file that says that this provider is an issuer, with what else it should hold.
    pub fn file(&self, more: &str) -> PathBuf {
        let text = format!(
            "[[issuer]]\nname = \"test\"\nissuer = \"{}\"\naudiences = [\"{}\", \"{}/ps\"]\n\
             algorithms = [\"ES256\", \"PS256\"]\nspeaks_for = [\"FK\", \"AF\"]\nkeep_hours = 2\nleeway_seconds = 15\n{more}",
            self.issuer, self.audience, self.audience
        );
        let path = self.folder.path().join("auth.toml");
        std::fs::write(&path, text).unwrap();
        path
    }
}

/// A browser that does what it is told and says what it sees.
pub struct Browser(Node);

impl Browser {
    pub fn start() -> Option<Self> {
        let found = Command::new("chromium").arg("--version").stderr(Stdio::null()).stdout(Stdio::null()).status();
        if !found.is_ok_and(|status| status.success()) {
            static SAID: Once = Once::new();
            SAID.call_once(|| say_loudly("PAGES WERE NOT TESTED IN A BROWSER: chromium is not installed."));
            return None;
        }
        Some(Self(Node::start("browser.mjs", &[])?))
    }

    pub fn order(&mut self, order: &Value) -> Value {
        self.0.order(order)
    }
}

#[expect(clippy::disallowed_methods, reason = "tests are told of the provider by the environment")]
fn place() -> Option<PathBuf> {
    let told = std::env::var_os("SUS_PROVIDER").map(PathBuf::from);
    let usual = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/sus-provider"));
    let place = told.or_else(usual).filter(|place| place.join("installed").exists());
    if place.is_none() {
        static SAID: Once = Once::new();
        SAID.call_once(|| say_loudly("NO REAL OPENID PROVIDER WAS TESTED AGAINST: `.ci/provider` installs one."));
    }
    place
}

fn say_loudly(what: &str) {
    // Straight to the terminal: what tests print is swallowed when they pass.
    let mut out = std::io::stderr();
    let line = "=".repeat(78);
    writeln!(out, "\n{line}\n{what}\n{line}").unwrap();
}
