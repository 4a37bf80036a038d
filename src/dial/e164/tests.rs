//! Every form of a number, and what it is.

use super::*;

/// Numbers dialled in Shanghai, behind a branch exchange that takes 9 for an outside line.
fn plan() -> NumberPlan {
    NumberPlan { area_code: "21".to_owned(), ..NumberPlan::default() }
}

/// What is dialled, its canonical form, its kind.
const TABLE: &[(&str, &str, NumberKind)] = &[
    // Mobile.
    ("13800138000", "+8613800138000", NumberKind::Mobile),
    ("+8613800138000", "+8613800138000", NumberKind::Mobile),
    ("8613800138000", "+8613800138000", NumberKind::Mobile),
    ("008613800138000", "+8613800138000", NumberKind::Mobile),
    ("013800138000", "+8613800138000", NumberKind::Mobile),
    ("913800138000", "+8613800138000", NumberKind::Mobile),
    ("9013800138000", "+8613800138000", NumberKind::Mobile),
    ("900 86 138 0013 8000", "+8613800138000", NumberKind::Mobile),
    ("138-0013-8000", "+8613800138000", NumberKind::Mobile),
    ("138 0013 8000", "+8613800138000", NumberKind::Mobile),
    ("１３８００１３８０００", "+8613800138000", NumberKind::Mobile),
    ("＋８６（０）１３８００１３８０００", "+8613800138000", NumberKind::Mobile),
    ("\u{202D}+86 138 0013 8000\u{202C}", "+8613800138000", NumberKind::Mobile),
    ("138\u{A0}0013\u{2011}8000", "+8613800138000", NumberKind::Mobile),
    ("tel:+86-138-0013-8000", "+8613800138000", NumberKind::Mobile),
    ("tel:13800138000;phone-context=+86", "+8613800138000", NumberKind::Mobile),
    ("tel:13800138000;ext=5;phone-context=example.com", "+8613800138000", NumberKind::Mobile),
    ("19912345678", "+8619912345678", NumberKind::Mobile),
    ("16612345678", "+8616612345678", NumberKind::Mobile),
    // Fixed lines: two-digit areas have eight digits, others seven or eight.
    ("02155550000", "+862155550000", NumberKind::Geographic),
    ("2155550000", "+862155550000", NumberKind::Geographic),
    ("+862155550000", "+862155550000", NumberKind::Geographic),
    ("862155550000", "+862155550000", NumberKind::Geographic),
    ("00862155550000", "+862155550000", NumberKind::Geographic),
    ("902155550000", "+862155550000", NumberKind::Geographic),
    ("+86 (0)21 5555 0000", "+862155550000", NumberKind::Geographic),
    ("(021) 5555-0000", "+862155550000", NumberKind::Geographic),
    ("021.5555.0000", "+862155550000", NumberKind::Geographic),
    ("０２１－５５５５００００", "+862155550000", NumberKind::Geographic),
    ("TEL:021-5555-0000;phone-context=+86", "+862155550000", NumberKind::Geographic),
    ("tel:5555-0000;phone-context=+86-21", "+862155550000", NumberKind::Geographic),
    ("tel:+86-21-5555-0000;phone-context=+1", "+862155550000", NumberKind::Geographic),
    ("01062345678", "+861062345678", NumberKind::Geographic),
    ("1062345678", "+861062345678", NumberKind::Geographic),
    ("+86 10 6234 5678", "+861062345678", NumberKind::Geographic),
    ("075523456789", "+8675523456789", NumberKind::Geographic),
    ("75523456789", "+8675523456789", NumberKind::Geographic),
    ("8675523456789", "+8675523456789", NumberKind::Geographic),
    ("05712345678", "+865712345678", NumberKind::Geographic),
    ("09918234567", "+869918234567", NumberKind::Geographic),
    ("55550000", "+862155550000", NumberKind::Geographic),
    ("955550000", "+862155550000", NumberKind::Geographic),
    // 400 and 800.
    ("4008208820", "+864008208820", NumberKind::Freephone),
    ("400-820-8820", "+864008208820", NumberKind::Freephone),
    ("+864008208820", "+864008208820", NumberKind::Freephone),
    ("864008208820", "+864008208820", NumberKind::Freephone),
    ("94008208820", "+864008208820", NumberKind::Freephone),
    ("8008208820", "+868008208820", NumberKind::Freephone),
    ("04008208820", "+864008208820", NumberKind::Freephone),
    // Short numbers.
    ("95588", "+8695588", NumberKind::Service),
    ("995588", "+8695588", NumberKind::Service),
    ("+8695588", "+8695588", NumberKind::Service),
    ("008695588", "+8695588", NumberKind::Service),
    ("951234", "+86951234", NumberKind::Service),
    ("10101111", "+8610101111", NumberKind::Service),
    ("910101111", "+8610101111", NumberKind::Service),
    ("96110", "+8696110", NumberKind::Service),
    ("962288", "+86962288", NumberKind::Service),
    ("021962288", "+8621962288", NumberKind::Service),
    ("01012345", "+861012345", NumberKind::Service),
    ("12345", "+8612345", NumberKind::Service),
    ("10086", "+8610086", NumberKind::Service),
    ("110", "+86110", NumberKind::Emergency),
    ("9120", "+86120", NumberKind::Emergency),
    ("+86110", "+86110", NumberKind::Emergency),
    // Abroad.
    ("+442079460000", "+442079460000", NumberKind::Foreign),
    ("00442079460000", "+442079460000", NumberKind::Foreign),
    ("9 00 44 20 7946 0000", "+442079460000", NumberKind::Foreign),
    ("tel:863-1234;phone-context=+1-914-555", "+19145558631234", NumberKind::Foreign),
    ("+85221230000", "+85221230000", NumberKind::Foreign),
    ("0019005550000", "+19005550000", NumberKind::Foreign),
    // Numbers that mean something only here.
    ("1001", "1001", NumberKind::Extension),
    ("10-01", "1001", NumberKind::Extension),
    ("１００１", "1001", NumberKind::Extension),
    ("*6", "*6", NumberKind::Extension),
    ("1001#", "1001#", NumberKind::Extension),
    ("91001", "91001", NumberKind::Extension),
    ("123456789", "123456789", NumberKind::Extension),
    ("000", "000", NumberKind::Extension),
    ("000019005550000", "000019005550000", NumberKind::Extension),
    ("0110", "0110", NumberKind::Extension),
    ("+86 00 1 900 555 0000", "+860019005550000", NumberKind::Extension),
    ("+860013800138000", "+860013800138000", NumberKind::Extension),
    ("+8612", "+8612", NumberKind::Extension),
    ("+0442079460000", "+0442079460000", NumberKind::Extension),
    ("+1234567890123456", "+1234567890123456", NumberKind::Extension),
    ("+86138#", "+86138#", NumberKind::Extension),
];

#[test]
fn every_form_of_a_number_has_one_canonical_form() {
    assert!(TABLE.len() >= 60);
    for (dialled, canonical, kind) in TABLE {
        let number = plan().read(dialled).unwrap_or_else(|| panic!("{dialled}"));
        assert_eq!((number.as_str(), number.kind()), (*canonical, *kind), "{dialled}");
    }
}

#[test]
fn what_is_no_number_is_none() {
    for text in [
        "",
        "+",
        "-",
        "room",
        "1001a",
        "1+2",
        "++86",
        "10.0.0.5",
        "2001:db8::1",
        "tel:",
        "1001@example.com",
        "一零零一",
        "123456789012345678901234567890123",
    ] {
        assert_eq!(plan().read(text), None, "{text}");
    }
}

#[test]
fn without_an_area_code_local_numbers_stay_as_dialled() {
    let number = NumberPlan::default().read("55550000").expect("digits");
    assert_eq!((number.as_str(), number.is_e164()), ("55550000", false));
}

#[test]
fn without_an_outside_prefix_a_nine_is_a_digit() {
    let plan = NumberPlan { outside_prefix: String::new(), ..plan() };
    assert_eq!(plan.read("913800138000").map(|n| n.kind()), Some(NumberKind::Extension));
}

#[test]
fn another_country_is_read_by_its_prefixes() {
    let britain = NumberPlan { country_code: "44".to_owned(), ..NumberPlan::default() };
    let read = |text| britain.read(text).expect("digits");
    assert_eq!(read("02079460000").as_str(), "+442079460000");
    assert_eq!(read("+44 (0)20 7946 0000").as_str(), "+442079460000");
    assert_eq!(read("9 020 7946 0000").as_str(), "+442079460000");
    assert_eq!(read("0086 21 5555 0000").as_str(), "+862155550000");
    assert_eq!(read("0086 21 5555 0000").kind(), NumberKind::Foreign);
    assert_eq!(read("95588").kind(), NumberKind::Extension);
    assert_eq!(read("+44 00 1 900 555 0000").kind(), NumberKind::Extension);
    let america = NumberPlan {
        country_code: "1".to_owned(),
        national_prefix: "1".to_owned(),
        international_prefix: "011".to_owned(),
        ..NumberPlan::default()
    };
    let read = |text| america.read(text).expect("digits");
    assert_eq!(read("1 212 555 0100").as_str(), "+12125550100");
    assert_eq!(read("011 86 21 5555 0000").as_str(), "+862155550000");
}

#[test]
fn a_log_shows_no_digits() {
    let number = plan().read("13800138000").expect("digits");
    assert_eq!(format!("{number:?}"), "Number(Mobile)");
}

proptest::proptest! {
    /// What was made canonical once is canonical: nothing changes when it is read again.
    #[test]
    fn the_canonical_form_reads_back(text in "[+０-９0-9*#() ;=telphonecontext-]{0,40}") {
        if let Some(number) = plan().read(&text) {
            proptest::prop_assert!(number.as_str().len() <= MAX_DIGITS);
            if number.is_e164() {
                proptest::prop_assert_eq!(plan().read(number.as_str()), Some(number));
            }
        }
    }

    #[test]
    fn separators_and_widths_change_nothing(
        digits in "[0-9]{1,18}", plus: bool, marks in proptest::collection::vec(0usize..8, 18),
    ) {
        let plain = if plus { format!("+{digits}") } else { digits };
        let noisy: String = plain
            .chars()
            .zip(marks.iter().cycle())
            .map(|(c, mark)| match mark {
                0 => format!("{c}-"),
                1 => format!("({c})"),
                2 => format!("{c}\u{3000}"),
                3 => format!(" {c}"),
                4 => char::from_u32(u32::from(c) + 0xFEE0).map(String::from).unwrap_or_default(),
                5 => format!("\u{202D}{c}\u{202C}"),
                _ => c.to_string(),
            })
            .collect();
        proptest::prop_assert_eq!(plan().read(&noisy), plan().read(&plain));
    }
}
