//! Text, marks and screens. Their pictures stay in the folder for temporary files of the target,
//! to be looked at.

use std::path::Path;
use std::sync::Arc;

use causeway_base::{Lang, VideoSize};
use causeway_media::video::colour::Colour;
use causeway_media::video::compose::{Border, Compositor, Rect, Scene, Tile};
use causeway_media::video::frame::{Frame, Plane};
use causeway_media::video::overlay::{
    FontSource, Lettering, Mark, More, Quality, caption, card, more, recording,
};
use causeway_media::video::screen::{Entry, TitleScreen, bars, title};
use causeway_media::video::snapshot;
use causeway_media::video::theme::{COLOURS, LOGO, Theme, ThemeError};

use crate::picture::{likeness, moving, pool};

const P720: VideoSize = VideoSize::new(1280, 720);

fn compose(scene: &Scene) -> Frame {
    Compositor::new().compose(scene, &pool()).unwrap().picture
}

/// Keeps a picture for people.
fn keep(name: &str, picture: &Frame) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
    std::fs::write(path, snapshot::png(picture).unwrap()).unwrap();
}

/// Pixels of letters in a part of a picture.
fn bright(part: Plane<'_>) -> usize {
    part.rows().flatten().filter(|luma| **luma > 200).count()
}

fn conference(lettering: &mut Lettering) -> Scene {
    let pool = pool();
    let names = [
        ("王小明 Wang Xiaoming", &[Mark::Muted, Mark::Quality(Quality::Good)][..]),
        ("Zoë Åström-O'Neill", &[Mark::Hand]),
        ("上海会议室三楼 Poly Group 500", &[Mark::Quality(Quality::Bad)]),
        ("+86 21 5555 0100", &[Mark::Phone, Mark::Muted, Mark::Quality(Quality::Fair)]),
        ("", &[]),
        (
            "一个非常长的名字一个非常长的名字一个非常长的名字一个非常长的名字",
            &[Mark::Hand, Mark::Muted],
        ),
    ];
    let mut tiles: Vec<Tile> = names
        .into_iter()
        .zip(0u16..)
        .map(|((name, marks), number)| {
            let rect = Rect::new(number % 3 * 426, number / 3 * 240, 426, 240);
            let size = VideoSize::new(640, 360);
            let mut tile = Tile::new(rect, Some(moving(&pool, size, number.into(), 0)));
            tile.sprites = caption(lettering, rect, name, marks);
            if number == 1 {
                tile.border = Some(Border { colour: Colour::rgb(80, 200, 120), width: 4 });
            }
            tile
        })
        .collect();
    for (top, lang) in [(0, Lang::Zh), (490, Lang::En)] {
        let within = Rect::new(0, top, 1280, 720);
        tiles.extend(more(lettering, within, More { on_camera: 12, on_phone: 7 }, lang));
        tiles.push(recording(lettering, within, lang));
    }
    tiles.push(card(lettering, Rect::new(426, 480, 426, 240), "王小明"));
    tiles.push(card(lettering, Rect::new(852, 540, 320, 180), "zoë"));
    Scene { canvas: P720, background: Colour::rgb(30, 32, 40), tiles }
}

#[test]
fn names_in_both_scripts_and_marks_show_on_their_tiles() {
    let mut lettering = Lettering::of_system();
    let picture = compose(&conference(&mut lettering));
    keep("conference", &picture);
    if !lettering.has_font() {
        return;
    }
    let luma = picture.planes().y;
    let caption = |number: usize| luma.part(number % 3 * 426, number / 3 * 240 + 204, 420, 36);
    for number in [0, 1, 2, 3, 5] {
        assert!(bright(caption(number)) > 150, "{number}: {}", bright(caption(number)));
    }
    assert!(bright(caption(4)) < 50);
    // A long name ends within its tile: what is right of it is the next tile's.
    assert_eq!(bright(luma.part(2 * 426 + 420, 444, 6, 36)), 0);
}

#[test]
fn more_people_are_told_of_in_a_corner_one_kind_below_the_other_and_nobody_where_there_is_none() {
    let mut lettering = Lettering::of_system();
    let within = Rect::all(P720);
    let mut told = |on_camera, on_phone| {
        let tiles = more(&mut lettering, within, More { on_camera, on_phone }, Lang::En);
        tiles.iter().map(|tile| tile.rect).collect::<Vec<_>>()
    };
    let [camera, phone] = told(4, 12)[..] else { panic!("two") };
    assert_eq!((camera.top(), phone.top()), (0, camera.height()));
    for rect in [camera, phone] {
        assert_eq!(rect.left() + rect.width(), P720.width);
    }
    assert_eq!(told(0, 12)[0].top(), 0, "nothing above it");
    assert_eq!(told(0, 0), []);
}

#[test]
fn what_is_written_again_is_the_same_mask() {
    let mut lettering = Lettering::of_system();
    let first = lettering.text("12:30", 24, 500).unwrap();
    for name in 0..2000 {
        lettering.text(&format!("{name}"), 12, 100);
        assert!(Arc::ptr_eq(&first, &lettering.text("12:30", 24, 500).unwrap()), "{name}");
    }
    let scene = conference(&mut lettering);
    let mut compositor = Compositor::new();
    let pool = pool();
    compositor.compose(&scene, &pool).unwrap();
    let mut again = conference(&mut lettering);
    for (again, before) in again.tiles.iter_mut().zip(&scene.tiles) {
        again.frame = before.frame.clone();
    }
    assert_eq!(compositor.compose(&again, &pool).unwrap().drawn, 0);
}

#[test]
fn without_a_font_marks_and_digits_are_left() {
    let broken = FontSource::Bytes(Arc::new(vec![1, 2, 3]));
    let mut lettering = Lettering::new([broken, FontSource::File("/no/such/font".into())]);
    assert!(!lettering.has_font());
    assert!(lettering.text("王小明", 24, 500).is_none());
    assert!(lettering.text("1024#", 24, 500).is_some());
    let rect = Rect::new(0, 0, 426, 240);
    assert!(caption(&mut lettering, rect, "王小明", &[]).is_empty());
    assert_eq!(caption(&mut lettering, rect, "王小明", &[Mark::Muted]).len(), 2);
    keep("conference-without-font", &compose(&conference(&mut lettering)));
    keep("entry-without-font", &compose(&text(&mut lettering, P720, &entry("80012"))));
}

#[test]
fn text_from_strangers_is_bounded() {
    let mut lettering = Lettering::of_system();
    for text in
        ["\u{202e}\u{200b}\0\n\r\u{7}", "👩‍👩‍👧‍👦🇨🇳", "ي\u{64b}\u{64b}\u{64b}", &"W".repeat(100_000)]
    {
        for (size, widest) in [(0, 0), (1, 1), (24, 0), (24, 300), (u16::MAX, u16::MAX)] {
            if let Some(mask) = lettering.text(text, size, widest) {
                assert!(mask.width() <= usize::from(widest).next_multiple_of(2));
                assert!(mask.height() <= 600);
            }
        }
    }
    for height in 0..40 {
        caption(&mut lettering, Rect::new(0, 0, 2 * height, height), "name", &[Mark::Hand]);
    }
}

fn entry(digits: &str) -> TitleScreen {
    TitleScreen {
        title: "欢迎 Welcome".into(),
        lines: vec![
            "请输入会议号码，按 # 号键结束".into(),
            "Enter the conference number, then press #".into(),
        ],
        entry: Some(Entry::Digits(digits.into())),
    }
}

fn text(lettering: &mut Lettering, canvas: VideoSize, screen: &TitleScreen) -> Scene {
    title(lettering, canvas, screen, &Theme::default())
}

#[test]
fn screens_show_the_logo_and_the_colours_of_a_theme() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("theme");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(COLOURS), "background = \"#301010\"").unwrap();
    std::fs::write(folder.join(LOGO), "not a picture").unwrap();
    let error = Theme::of_folder(&folder).unwrap_err();
    assert!(matches!(error, ThemeError::Logo), "{error}");
    std::fs::write(folder.join(LOGO), logo()).unwrap();
    let theme = Theme::of_folder(&folder).unwrap();
    let picture = compose(&title(&mut Lettering::of_system(), P720, &entry("12"), &theme));
    keep("theme", &picture);
    let luma = |x: usize, y: usize| picture.planes().y.row(y)[x];
    let ground = Colour::rgb(0x30, 0x10, 0x10);
    assert_eq!(luma(2, 2), ground.y);
    // 40x20 pixels at a height of 90: the left half white, the right half as good as nothing.
    assert!(luma(640 - 45, 85) > 220, "{}", luma(640 - 45, 85));
    assert!(luma(640 + 45, 85).abs_diff(ground.y) < 4);
    assert!(Theme::of_folder(&folder.join("nowhere")).unwrap().logo.is_none());
}

/// A PNG file with transparency.
fn logo() -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 40, 20);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let pixels = (0..40 * 20).flat_map(|at| [255, 255, 255, if at % 40 < 20 { 255 } else { 0 }]);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&pixels.collect::<Vec<u8>>()).unwrap();
    writer.finish().unwrap();
    file
}

#[test]
fn screens_echo_digits_and_hide_those_of_a_pin() {
    let mut lettering = Lettering::of_system();
    let before = compose(&text(&mut lettering, P720, &entry("")));
    let after = compose(&text(&mut lettering, P720, &entry("80012")));
    assert!(bright(after.planes().y) > bright(before.planes().y) + 200);
    keep("entry", &after);
    let pin = |count| TitleScreen { entry: Some(Entry::Hidden(count)), ..entry("") };
    let [four, long] = [4, 400].map(|count| compose(&text(&mut lettering, P720, &pin(count))));
    keep("pin", &four);
    assert!(bright(long.planes().y) > bright(four.planes().y));
    let longest = compose(&text(&mut lettering, P720, &entry(&"1234567890".repeat(9))));
    let last = compose(&text(&mut lettering, P720, &entry("901234567890")));
    assert!(likeness(&longest, &last) > 98.0);
}

#[test]
fn all_text_lies_within_the_safe_area_at_every_size() {
    let mut lettering = Lettering::of_system();
    for (width, height) in [(320, 180), (640, 360), (1280, 720), (1920, 1080), (352, 288)] {
        let picture = compose(&text(&mut lettering, VideoSize::new(width, height), &entry("123")));
        let luma = picture.planes().y;
        let (width, height) = (usize::from(width), usize::from(height));
        let middle = luma.part(width / 20, height / 20, width * 9 / 10, height * 9 / 10);
        assert_eq!(bright(luma), bright(middle), "{width}x{height}");
        assert!(bright(middle) > 100);
    }
}

#[test]
fn bars_have_their_colours_and_the_mark_moves() {
    let mut lettering = Lettering::of_system();
    let lines = ["您的声音和画面正常".to_owned()];
    let scenes = [0, 30].map(|picture| bars(&mut lettering, P720, &lines, "12:34:56 UTC", picture));
    let [first, later] = scenes.map(|scene| compose(&scene));
    keep("bars", &later);
    let planes = first.planes();
    for (bar, colour) in [(0, Colour::rgb(191, 191, 191)), (3, Colour::rgb(0, 191, 0))] {
        let x = 1280 * (2 * bar + 1) / 14;
        assert_eq!(planes.y.row(100)[x], colour.y);
        assert_eq!(planes.u.row(50)[x / 2], colour.u);
        assert_eq!(planes.v.row(50)[x / 2], colour.v);
    }
    let strip = |picture: &Frame| picture.planes().y.row(485).iter().position(|luma| *luma > 200);
    assert_eq!(strip(&first), Some(0));
    assert!(strip(&later).unwrap() > 500);
    let lines = ["双向声音正常 · 线路良好", "Your picture arrives: 1280x720", "按 1 再测一次"];
    let lines = lines.map(str::to_owned);
    for (width, height) in [(320, 180), (640, 360), (1280, 720), (1920, 1080), (352, 288)] {
        let canvas = VideoSize::new(width, height);
        let picture = compose(&bars(&mut lettering, canvas, &lines, "12:34:56 UTC", 0));
        let luma = picture.planes().y;
        let (width, height) = (usize::from(width), usize::from(height));
        let edge = height - height / 20;
        assert_eq!(bright(luma.part(0, edge, width, height - edge)), 0, "{width}x{height}");
        assert!(bright(luma.part(0, height * 3 / 4, width, edge - height * 3 / 4)) > 100);
    }
}

#[test]
fn snapshots_are_the_picture() {
    let pool = pool();
    for size in [VideoSize::new(33, 17), VideoSize::new(640, 360)] {
        let picture = moving(&pool, size, 2, 0);
        let file = snapshot::png(&picture).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (size.width.into(), size.height.into()));
        let planes = picture.planes();
        for (x, y) in [(0, 0), (32, 16), (7, 9)] {
            let colour = Colour {
                y: planes.y.row(y)[x],
                u: planes.u.row(y / 2)[x / 2],
                v: planes.v.row(y / 2)[x / 2],
            };
            let at = 3 * (y * usize::from(size.width) + x);
            assert_eq!(pixels[at..at + 3], colour.to_rgb());
        }
    }
}
