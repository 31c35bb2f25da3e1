//! What the databases hold, and how they come to their present form.

mod lists;
mod migrations;

use sus::storage::{Db, changes};

#[test]
fn a_reader_that_stays_holds_up_nobody_who_writes() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite://{}", folder.path().join("sus.db").display()), 3).unwrap();
    let mut writer = db.connect().unwrap();
    let mut write =
        || writer.link().written(|link| link.run("UPDATE change_head SET position = position + 1")).unwrap();
    let restarted = || db.read().unwrap().link().restart_log().unwrap();
    write();
    let mut reader = db.read().unwrap();
    reader.link().begin_read().unwrap();
    reader.link().run("SELECT position FROM change_head").unwrap();
    write();
    assert!(!restarted(), "the log is not begun anew under a reader, who is not waited for");
    write();
    reader.link().run("COMMIT").unwrap();
    assert!(restarted());
    write();
    assert_eq!(changes::head(&mut db.read().unwrap().link()).unwrap(), 4);
}
