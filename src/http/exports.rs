//! `/exports`: the whole follow-up without identity, a table at a time, as Parquet. What is exported is the reports'
//! room; here the question is read, the reading is logged, and the bytes leave while they are made.

use std::io::{self, Write};
use std::sync::Arc;

use actix_web::http::Method;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use actix_web::rt::task::spawn_blocking;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::stream::poll_fn;
use serde_json::{Value, json};
use tokio::sync::mpsc::{Sender, channel};

use super::answer::{list, revalidated, scope};
use super::endpoint::{Answer, Content, Endpoint, Parameter, Verb, caller};
use super::extract::Query;
use super::openapi::{PAGED, PAGING, examples, list_of};
use super::problem::{Kind, Problem};
use super::report_question::finish_positions;
use crate::app::App;
use crate::auth::policy::Action;
use crate::domain::finding::Allowed;
use crate::reports::export::schema::{TableId, VERSION};
use crate::reports::export::{CaseNumbers, Export, ExportError};
use crate::reports::follow::Counted;
use crate::reports::render::Form;
use crate::reports::report::instant;
use crate::storage::access::{Entry, Kind as Access};
use crate::storage::cases;

/// Bytes that wait for the client at most: so many pieces of this size.
const PIECES: usize = 8;
const PIECE: usize = 64 * 1024;

const FILE: &[&str] = &["Cache-Control", "Content-Disposition", "Sus-As-Of", "Sus-Counted-To", "Sus-Export"];

/// The operations.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "list_exports",
        verb: Verb::Get,
        path: "/exports",
        action: Action::ListExports,
        tag: "exports",
        summary: "Exportens tabeller / Tables of the export",
        about: "Vilka tabeller som kan exporteras, med varje kolumns typ, enhet, betydelse, koder och källa. / Which \
                tables can be exported, with type, unit, meaning, codes and source of each column.",
        query: PAGING,
        headers: &["If-None-Match"],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "Tabellerna. / The tables.",
            content: &[Content { media: "application/json", schema: "ExportTableList", example: tables_example }],
            headers: PAGED,
        }],
        problems: &[400, 406],
        route: |route| route.to(list_exports),
    },
    Endpoint {
        id: "get_export",
        verb: Verb::Get,
        path: "/exports/{table}",
        action: Action::GetExport,
        tag: "exports",
        summary: "En tabell som Parquet / A table as Parquet",
        about: "Alla ärenden utan identitet, en tabell åt gången. Tabeller hör ihop när de svarar samma Sus-Export: hämta \
                den första, och de andra med dess Sus-Counted-To som countedTo och samma asOf. Ärendenumren är gjorda för \
                exporten och klienten, och blir andra vid en annan position eller när en identitet har skyddats. \
                Uppgifterna är personuppgifter och varje hämtning loggas. / All cases without identity, a table at a \
                time. Tables belong together when they answer the same Sus-Export: fetch the first, and the others with \
                its Sus-Counted-To as countedTo and the same asOf. Case numbers are made for the export and the client, \
                and are others at another position or when an identity has been protected. This is personal data and \
                each fetching is logged.",
        query: &[
            super::openapi::AS_OF,
            Parameter {
                name: "countedTo",
                about: "Till och med positionen; allt när den saknas. / Up to the position; everything without it.",
                kind: "integer",
                example: "186",
            },
        ],
        headers: &[],
        takes: &[],
        gives: &[Answer {
            status: 200,
            about: "Tabellen. / The table.",
            content: &[Content { media: Form::Parquet.media(), schema: "File", example: examples::report_file }],
            headers: FILE,
        }],
        problems: &[400, 404, 406, 503],
        route: |route| route.to(get_export),
    },
];

fn told(table: TableId) -> Value {
    let mut told = table.table().told();
    told["link"] = json!(format!("/v1/exports/{}", table.name()));
    told
}

fn tables_example() -> Value {
    list_of("/v1/exports", told(TableId::Cases))
}

async fn list_exports(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request);
    let page = query.page();
    query.finish()?;
    let all: Vec<Value> = TableId::ALL.into_iter().map(told).collect();
    let total = all.len() as i64;
    let body = list("/v1/exports", &query, page, total, page.cut(all));
    let bytes = serde_json::to_vec(&body).map_err(|_| Problem::new(Kind::InterntFel))?;
    Ok(revalidated(&request, "application/json", bytes))
}

async fn get_export(
    app: web::Data<App>,
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let table = TableId::from_name(&name).ok_or_else(|| Problem::new(Kind::FinnsInte))?;
    let caller = caller(&request)?;
    let mut query = Query::of(&request);
    let counted = Counted { as_of: query.as_of(), counted_to: query.counted_to(), at_least: None };
    finish_positions(&app, &mut query, &[("countedTo", counted.counted_to)]).await?;
    // Held until the last byte has left: an export takes its time, and nobody should wait in line for it.
    let turn = Arc::clone(&app.export_turns).try_acquire_owned();
    let turn = turn.map_err(|_| Problem::new(Kind::Upptagen).header(RETRY_AFTER.as_str(), "30"))?;
    let scope = scope(&app, &request, &caller, Action::GetExport);
    let worker = app.clone();
    let client = scope.client.clone();
    let begun = web::block(move || begin(&worker, counted, &client)).await.map_err(|_| Problem::new(Kind::Upptagen))?;
    let (export, all) = begun.map_err(|error| refused(error, &mut query))?;
    app.service.log(vec![Entry::of(&scope, Access::Export, &[]).counting(all)]).await?;
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", table.file())))
        .insert_header(("sus-as-of", instant(export.as_of)))
        .insert_header(("sus-counted-to", export.counted_to.to_string()))
        .insert_header(("sus-export", export.name()))
        .content_type(Form::Parquet.media());
    if request.method() == Method::HEAD {
        return Ok(answer.finish());
    }
    let (sender, mut receiver) = channel(PIECES);
    spawn_blocking(move || {
        let _turn = turn;
        let sink = Pieces { bytes: Vec::with_capacity(PIECE), sender: sender.clone() };
        if let Err(error) = export.write(&app.service.db, vec![(table, Box::new(sink))], &mut |_| {}) {
            log::warn!("exports: {} was broken off: {error}", table.name());
            // The connection is cut, so that nobody takes the half for the whole; a client that is gone hears nothing.
            let _ = sender.blocking_send(Err(io::Error::other("the export was broken off")));
        }
    });
    Ok(answer.streaming(poll_fn(move |context| receiver.poll_recv(context))))
}

/// Decides up to where it counts; and how many cases there are, for the access log.
fn begin(app: &App, counted: Counted, client: &str) -> Result<(Export, i64), ExportError> {
    let service = &app.service;
    let export = Export::begin(&service.db, &service.registers, counted, &*service.clock, |counted_to, protected| {
        let one = format!("{VERSION} {client} {counted_to} {:?} {protected}", counted.as_of);
        CaseNumbers::new(&service.vault.export_secret(&one))
    })?;
    let all = cases::count(&mut service.db.read()?.link())?;
    Ok((export, all))
}

fn refused(error: ExportError, query: &mut Query) -> Problem {
    match error {
        ExportError::Storage(error) => error.into(),
        ExportError::Ahead(head) => {
            query.refuse("countedTo", Allowed::Values(vec![format!("0–{head}")]));
            query.problem()
        }
        ExportError::Columns(error) => {
            log::error!("exports: {error}");
            Problem::new(Kind::InterntFel)
        }
    }
}

/// Bytes on their way to the client, who is waited for.
struct Pieces {
    bytes: Vec<u8>,
    sender: Sender<io::Result<Bytes>>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::replace(&mut self.bytes, Vec::with_capacity(PIECE)));
        self.sender
            .blocking_send(Ok(piece))
            .map_err(|_| io::Error::new(io::ErrorKind::BrokenPipe, "the client is gone"))
    }
}
