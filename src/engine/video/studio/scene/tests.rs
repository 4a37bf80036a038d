//! What plans look like. The pictures stay in the target's folder, for people to look at.

use super::super::Shared;
use super::super::canvas::{Canvas, Wanted};
use super::super::tests::{Still, moving, plain};
use super::*;
use causeway_base::{Lang, SizeClass};
use causeway_media::video::colour::Colour;
use causeway_media::video::snapshot::png;
use causeway_plan::PictureId;
use causeway_plan::picture::{GRID_HEIGHT, GRID_WIDTH};
use std::path::PathBuf;
use std::sync::Arc;

const NAMES: [&str; 8] = [
    "王小明 Wang Xiaoming",
    "上海会议室三楼 Poly G7500",
    "Zoë Åström-O'Neill",
    "+86 21 5555 0100",
    "李雷",
    "一个非常长的名字一个非常长的名字一个非常长的名字一个非常长的名字",
    "Jean-François",
    "韩梅梅 (财务部)",
];

const MOMENT: Moment = Moment { number: 17, wall: Duration::from_secs(45_296) };

fn keep(name: &str, picture: &Frame) {
    let target = std::env::current_exe().expect("a test has a file");
    let folder: PathBuf = target.ancestors().nth(3).expect("target").join("tmp");
    std::fs::create_dir_all(&folder).expect("the target's folder");
    let file = folder.join(format!("studio-{name}.png"));
    std::fs::write(file, png(picture).expect("memory")).expect("the target's folder");
}

fn area(column: u16, row: u16, size: u16, parts: u16) -> Area {
    let (width, height) = (GRID_WIDTH / parts, GRID_HEIGHT / parts);
    Area::new(column * width, row * height, size * width, size * height).expect("within")
}

fn tile(index: usize, area: Area) -> PlannedTile {
    PlannedTile {
        area,
        source: Some(LegId(index as u64)),
        name: NAMES[index % NAMES.len()].into(),
        marks: TileMarks::default(),
    }
}

fn plan(show: Show) -> PicturePlan {
    PicturePlan { id: PictureId(1), show, lang: Lang::Zh, margin: 0 }
}

fn people(tiles: Vec<PlannedTile>) -> PicturePlan {
    plan(Show::People { tiles, on_phone: 0, more: 0, recording: false })
}

/// One large and seven small.
fn speaker() -> Vec<PlannedTile> {
    let large = Area::new(GRID_WIDTH / 14, 0, GRID_WIDTH / 7 * 6, GRID_HEIGHT / 7 * 6);
    let strip = (0..7).map(|column| area(column, 6, 1, 7));
    let areas = large.into_iter().chain(strip);
    let mut tiles: Vec<_> = areas.enumerate().map(|(index, area)| tile(index, area)).collect();
    tiles[0].marks.speaking = true;
    tiles[1].marks = TileMarks { muted: true, hand: true, ..TileMarks::default() };
    tiles[2].marks.quality = Some(PathQuality::Bad);
    tiles[3].marks = TileMarks { phone: true, muted: true, ..TileMarks::default() };
    tiles[3].source = None;
    tiles[5].marks.quality = Some(PathQuality::Poor);
    tiles
}

/// Draws a plan; the legs of `pictures` have one.
fn draw(plan: &PicturePlan, class: SizeClass, pictures: &[(u64, Frame)]) -> Frame {
    let boxed = |(leg, picture): &(u64, Frame)| (LegId(*leg), Still::boxed(Some(picture.clone())));
    let sources = pictures.iter().map(boxed).collect();
    let wanted = Arc::new(Wanted { plan: plan.clone(), sources });
    let shared = Shared::new(Theme::default());
    Canvas::new(class.size()).draw(&wanted, &shared, MOMENT).expect("a picture")
}

fn sources(legs: std::ops::Range<u64>) -> Vec<(u64, Frame)> {
    legs.map(|leg| (leg, moving(VideoSize::new(640, 360), leg as usize, 3))).collect()
}

fn at(picture: &Frame, x: usize, y: usize) -> Colour {
    let planes = picture.planes();
    Colour { y: planes.y.row(y)[x], u: planes.u.row(y / 2)[x / 2], v: planes.v.row(y / 2)[x / 2] }
}

const RED: Colour = Colour::rgb(200, 40, 40);

#[test]
fn a_speaker_and_a_strip_with_marks_names_and_those_on_the_phone() {
    let mut plan = plan(Show::People { tiles: speaker(), on_phone: 12, more: 4, recording: true });
    let picture = draw(&plan, SizeClass::P720, &sources(0..7));
    keep("speaker", &picture);
    keep("speaker-180p", &draw(&plan, SizeClass::P180, &sources(0..7)));
    let accent = Theme::default().accent;
    assert_eq!(at(&picture, 92, 300), accent, "the speaker has a frame");
    assert_eq!(at(&picture, 20, 300), Theme::default().background);
    plan.lang = Lang::En;
    let english = draw(&plan, SizeClass::P720, &sources(0..7));
    assert_ne!(at(&english, 1274, 4), Theme::default().background, "told in the corner");
    assert!(!english.planes().y.rows().take(50).eq(picture.planes().y.rows().take(50)));
}

#[test]
fn sixteen_equals_each_in_its_place_at_every_size() {
    let tiles: Vec<_> =
        (0..16).map(|index| tile(index, area(index as u16 % 4, index as u16 / 4, 1, 4))).collect();
    let colour = |index: u64| Colour::rgb(40 + 12 * index as u8, 200 - 10 * index as u8, 90);
    let size = VideoSize::new(320, 180);
    let pictures: Vec<_> = (0..16).map(|leg| (leg, plain(size, colour(leg)))).collect();
    for class in SizeClass::ALL {
        let picture = draw(&people(tiles.clone()), class, &pictures);
        let VideoSize { width, height } = class.size();
        for index in 0..16u64 {
            let x = usize::from(width) * (2 * (index as usize % 4) + 1) / 8;
            let y = usize::from(height) * (4 * (index as usize / 4) + 1) / 16;
            assert_eq!(at(&picture, x, y), colour(index), "{class} {index}");
        }
        keep(&format!("equal-{class}"), &draw(&people(tiles.clone()), class, &sources(0..16)));
    }
}

/// So many alike: the smallest square grid, what is free above and below, the last row in the middle.
fn equals(people: usize) -> Vec<PlannedTile> {
    let columns = (1..).find(|side| side * side >= people).expect("some");
    let rows = people.div_ceil(columns);
    let (width, height) = (GRID_WIDTH / columns as u16, GRID_HEIGHT / columns as u16);
    let above = (GRID_HEIGHT - height * rows as u16) / 2;
    let place = |index: usize| {
        let (row, column) = (index / columns, index % columns);
        let in_row = (people - row * columns).min(columns) as u16;
        let left = (GRID_WIDTH - width * in_row) / 2 + width * column as u16;
        Area::new(left, above + height * row as u16, width, height).expect("within")
    };
    (0..people).map(|index| tile(index, place(index))).collect()
}

#[test]
fn grids_of_every_size_have_each_name_below_its_own_picture() {
    for people in [1, 2, 3, 4, 9] {
        let mut tiles = equals(people);
        tiles[people / 2].marks = TileMarks { speaking: true, ..TileMarks::default() };
        tiles[people - 1].marks = TileMarks { muted: true, hand: true, ..TileMarks::default() };
        let show = Show::People { tiles: tiles.clone(), on_phone: 1, more: 0, recording: false };
        let picture = draw(&plan(show), SizeClass::P720, &sources(0..people as u64));
        keep(&format!("grid-{people}"), &picture);
        for tile in &tiles {
            let place = tile.area.in_pixels(SizeClass::P720.size());
            let (x, bottom) = (usize::from(place.left), usize::from(place.top + place.height));
            let high = 2 * usize::from(place.height / 13).clamp(12, 32);
            let caption =
                (bottom - high..bottom).flat_map(|y| (x + 8..x + 90).map(move |x| (x, y)));
            let bright = caption.filter(|(x, y)| at(&picture, *x, *y).y > 180).count();
            assert!(bright > 20, "{people}: {} of {}", bright, tile.name);
        }
    }
    let mut beside: Vec<_> = (0..4).map(|row| tile(row, area(3, row as u16, 1, 4))).collect();
    beside.insert(
        0,
        tile(
            6,
            Area::new(0, GRID_HEIGHT / 8, GRID_WIDTH / 4 * 3, GRID_HEIGHT / 4 * 3).expect("within"),
        ),
    );
    keep("side-by-side", &draw(&people(beside), SizeClass::P720, &sources(0..8)));
    let custom = [(0, 0, 12, 8), (12, 0, 4, 4), (12, 4, 4, 4), (0, 8, 8, 8), (8, 8, 8, 8)];
    let part = |(left, top, width, height): (u16, u16, u16, u16)| {
        let (x, y) = (GRID_WIDTH / 16, GRID_HEIGHT / 16);
        Area::new(left * x, top * y, width * x, height * y).expect("within")
    };
    let custom = custom.into_iter().map(part).enumerate();
    let custom = custom.map(|(index, area)| tile(index + 3, area)).collect();
    keep("custom", &draw(&people(custom), SizeClass::P720, &sources(0..8)));
}

#[test]
fn who_has_no_picture_is_a_card_and_the_same_card_with_and_without_a_source() {
    let tiles = |source: Option<LegId>| -> Vec<PlannedTile> {
        let areas = (0..4).map(|index| area(index % 2, index / 2, 1, 2));
        let tiles = areas.enumerate().map(|(index, area)| tile(index, area));
        tiles.map(|tile| PlannedTile { source, ..tile }).collect()
    };
    let none = draw(&people(tiles(None)), SizeClass::P720, &[]);
    keep("cards", &none);
    let silent = draw(&people(tiles(Some(LegId(5)))), SizeClass::P720, &[]);
    assert!(none.planes().y.rows().eq(silent.planes().y.rows()));
    let shown = draw(
        &people(tiles(Some(LegId(5)))),
        SizeClass::P720,
        &[(5, plain(SizeClass::P360.size(), RED))],
    );
    assert_eq!(at(&shown, 320, 100), RED);
    assert_ne!(at(&none, 320, 100), RED);
}

#[test]
fn telephones_held_upright_are_shown_whole_and_old_cameras_fill_their_tile() {
    let tiles = vec![tile(0, area(0, 0, 1, 2)), tile(1, area(1, 0, 1, 2))];
    let upright = plain(VideoSize::new(360, 640), RED);
    let cif = plain(VideoSize::new(352, 288), RED);
    let picture = draw(&people(tiles), SizeClass::P720, &[(0, upright), (1, cif)]);
    assert_eq!(at(&picture, 320, 100), RED);
    assert_ne!(at(&picture, 100, 100), RED);
    assert_eq!(at(&picture, 642, 100), RED);
}

#[test]
fn a_margin_keeps_the_edges_free() {
    let mut plan = people(speaker());
    plan.margin = 200;
    for class in SizeClass::ALL {
        let picture = draw(&plan, class, &sources(0..8));
        keep(&format!("margin-{class}"), &picture);
        let VideoSize { width, height } = class.size();
        let ground = Theme::default().background;
        for x in 0..usize::from(width) {
            assert_eq!(at(&picture, x, usize::from(height) / 10 - 2), ground, "{class} {x}");
            assert_eq!(at(&picture, x, usize::from(height) * 9 / 10 + 2), ground, "{class} {x}");
        }
    }
}

#[test]
fn screens_and_bars_are_drawn_as_planned() {
    let entry = |entry| {
        plan(Show::Text(TextScreen {
            title: "欢迎 Welcome".into(),
            lines: vec!["请输入 PIN 码，按 # 号键结束".into(), "PIN, then #".into()],
            entry,
        }))
    };
    let hidden = entry(Some(ScreenEntry::Hidden(4)));
    keep("pin", &draw(&hidden, SizeClass::P720, &[]));
    let lobby = Show::Text(TextScreen {
        title: "华东区第三季度经营分析与跨组织评审会（含海外团队）Quarterly Review".into(),
        lines: vec!["已通知主持人，请等待主持人准入。".into(), "您排在第 2 位".into()],
        entry: None,
    });
    for class in SizeClass::ALL {
        keep(&format!("lobby-{class}"), &draw(&plan(lobby.clone()), class, &[]));
    }
    keep(
        "number-180p",
        &draw(&entry(Some(ScreenEntry::Digits("80012".into()))), SizeClass::P180, &[]),
    );
    let lines = [
        "双向声音正常 · 线路良好 · 已加密 · G.722",
        "画面已收到：1280x720，812 kbit/s · 您能收到我们的画面：720p H.264",
        "按 1 再测一次",
    ];
    let lines = lines.map(str::to_owned).to_vec();
    let bars = plan(Show::Bars { lines, source: Some(LegId(3)) });
    let picture = draw(&bars, SizeClass::P720, &[(3, plain(SizeClass::P360.size(), RED))]);
    keep("bars", &draw(&bars, SizeClass::P720, &sources(3..4)));
    keep("bars-180p", &draw(&bars, SizeClass::P180, &sources(3..4)));
    assert_eq!(at(&picture, 640, 200), RED);
    assert_eq!(at(&picture, 60, 200), Colour::rgb(191, 191, 191));
    let without = draw(&bars, SizeClass::P720, &[]);
    assert_eq!(at(&without, 640, 200), Colour::rgb(0, 191, 0));
}

#[test]
fn the_clock_is_that_of_the_day() {
    assert_eq!(clock(Duration::from_secs(45_296)), "12:34:56 UTC");
    assert_eq!(clock(Duration::from_secs(86_400 * 20_000 + 5)), "00:00:05 UTC");
}

#[test]
fn more_tiles_than_a_picture_has_are_left_out() {
    let tiles = (0..40).map(|index| tile(index, area(0, 0, 1, 4))).collect();
    let mut lettering = Lettering::of_system();
    let mut builder = SceneBuilder {
        theme: &Theme::default(),
        lettering: &mut lettering,
        comes: &|_| true,
        moment: MOMENT,
    };
    let set = builder.build(&people(tiles), SizeClass::P720.size());
    assert_eq!((set.scene.tiles.len(), set.places.len()), (MAX_TILES, MAX_TILES));
}
