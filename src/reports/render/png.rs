//! Charts as PNG, drawn from the SVG with a font of the program's own: the same picture on every machine.

use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use super::form::RenderError;

/// Noto Sans (fonts/OFL.txt), cut down to the letters that reports use.
const REGULAR: &[u8] = include_bytes!("fonts/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("fonts/NotoSans-Bold.ttf");

/// Twice as many pixels as the SVG says, for print, where the picture is no taller than this.
const TALL: f32 = 4_000.0;

fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let read = || {
        let mut fonts = fontdb::Database::new();
        fonts.load_font_data(REGULAR.to_vec());
        fonts.load_font_data(BOLD.to_vec());
        fonts.set_sans_serif_family("Noto Sans");
        Arc::new(fonts)
    };
    Arc::clone(FONTS.get_or_init(read))
}

/// A picture of an SVG that [`svg`](super::svg) has made.
///
/// # Errors
/// When the SVG can't be read or is too large to be drawn.
pub fn render(svg: &str) -> Result<Vec<u8>, RenderError> {
    let failed = |error: &dyn std::fmt::Display| RenderError::Failed(format!("png: {error}"));
    let options = Options { font_family: "Noto Sans".to_owned(), fontdb: fonts(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|e| failed(&e))?;
    let scale = if tree.size().height() <= TALL { 2.0 } else { 1.0 };
    let size = tree.size().to_int_size().scale_by(scale).ok_or_else(|| failed(&"no size"))?;
    let mut picture = Pixmap::new(size.width(), size.height()).ok_or_else(|| failed(&"too large"))?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut picture.as_mut());
    picture.encode_png().map_err(|e| failed(&e))
}
