//! Every string as services print it; what is built reads back; what could be read twice is no
//! form.

use super::*;
use proptest::prelude::*;

fn fields(values: &[(Field, &str)]) -> Fields {
    values.iter().fold(Fields::new(), |fields, (field, value)| {
        fields.with(*field, value).expect("a value of its field")
    })
}

use Field::{
    Address, HostKey, Layout, Meeting, Number, Passcode, Room, Site, Tenant, User, VideoId,
};

type Example = (&'static str, &'static str, &'static str, &'static [(Field, &'static str)]);

/// The string, what is called, what is typed, of which fields.
const EXAMPLES: &[Example] = &[
    ("zoom", "123456789@zoomcrc.com", "", &[(Meeting, "123456789")]),
    ("zoom", "545096111.623458@zoomcrc.com", "", &[(Meeting, "545096111"), (Passcode, "623458")]),
    (
        "zoom",
        "123456789.12345.11.123456@zoomcrc.com",
        "",
        &[(Meeting, "123456789"), (Passcode, "12345"), (Layout, "11"), (HostKey, "123456")],
    ),
    ("zoom", "123456789...654321@zoomcrc.com", "", &[(Meeting, "123456789"), (HostKey, "654321")]),
    (
        "zoom",
        "123456789.12345..654321@zoomcrc.com",
        "",
        &[(Meeting, "123456789"), (Passcode, "12345"), (HostKey, "654321")],
    ),
    ("zoom-two-stage", "123456789@zoomcrc.com", "", &[(Meeting, "123456789")]),
    (
        "zoom-session",
        "standup.4321@global.zoomcrc.com",
        "",
        &[(Room, "standup"), (Passcode, "4321")],
    ),
    (
        "zoom-h323",
        "192.168.1.25##123456789#12345#11#123456",
        "",
        &[
            (Address, "192.168.1.25"),
            (Meeting, "123456789"),
            (Passcode, "12345"),
            (Layout, "11"),
            (HostKey, "123456"),
        ],
    ),
    (
        "zoom-h323",
        "162.255.37.11##123456789###123456",
        "",
        &[(Address, "162.255.37.11"), (Meeting, "123456789"), (HostKey, "123456")],
    ),
    (
        "zoom-h323-two-stage",
        "162.255.37.11",
        "123456789#",
        &[(Address, "162.255.37.11"), (Meeting, "123456789")],
    ),
    (
        "zoom-phone",
        "+13017158592",
        "85012345678#,,,,*123456#",
        &[(Number, "+13017158592"), (Meeting, "85012345678"), (Passcode, "123456")],
    ),
    ("webex", "25512345678@acme.webex.com", "", &[(Meeting, "25512345678"), (Site, "acme")]),
    ("webex-person", "jo.doe@acme.webex.com", "", &[(User, "jo.doe"), (Site, "acme")]),
    ("webex-person-number", "pr1234@acme.webex.com", "", &[(Meeting, "1234"), (Site, "acme")]),
    ("webex-person-free", "jo.acme.my@webex.com", "", &[(Room, "jo"), (Site, "acme")]),
    (
        "webex-ip",
        "173.243.2.68",
        "25512345678#",
        &[(Address, "173.243.2.68"), (Meeting, "25512345678")],
    ),
    (
        "teams-poly",
        "813878896.017920684@t.plcm.vc",
        "",
        &[(Tenant, "813878896"), (VideoId, "017920684")],
    ),
    (
        "teams-poly-two-stage",
        "813878896@t.plcm.vc",
        "017920684#",
        &[(Tenant, "813878896"), (VideoId, "017920684")],
    ),
    (
        "teams-webex",
        "1259772026.mividas@m.webex.com",
        "",
        &[(VideoId, "1259772026"), (Tenant, "mividas")],
    ),
    (
        "teams-webex-two-stage",
        "mividas@m.webex.com",
        "1259772026#",
        &[(VideoId, "1259772026"), (Tenant, "mividas")],
    ),
    (
        "teams-bluejeans",
        "130885042.1291418361@teams.bjn.vc",
        "",
        &[(Tenant, "130885042"), (VideoId, "1291418361")],
    ),
    (
        "teams-pexip",
        "1172020684@acme.onpexip.com",
        "",
        &[(VideoId, "1172020684"), (Address, "acme.onpexip.com")],
    ),
    (
        "teams-pexip-two-stage",
        "teams@acme.onpexip.com",
        "1172020684#",
        &[(VideoId, "1172020684"), (Address, "acme.onpexip.com")],
    ),
    (
        "teams-partner",
        "acme.1172020684@video.example.com",
        "",
        &[(Tenant, "acme"), (VideoId, "1172020684"), (Address, "video.example.com")],
    ),
    (
        "teams-partner-two-stage",
        "acme@video.example.com",
        "1172020684#",
        &[(Tenant, "acme"), (VideoId, "1172020684"), (Address, "video.example.com")],
    ),
    (
        "teams-phone",
        "+13238867531",
        "291633251#",
        &[(Number, "+13238867531"), (Meeting, "291633251")],
    ),
    (
        "meet-pexip",
        "123456789012@acme.onpexip.com",
        "",
        &[(Meeting, "123456789012"), (Address, "acme.onpexip.com")],
    ),
    (
        "meet-phone",
        "+16505550123",
        "123456789#",
        &[(Number, "+16505550123"), (Meeting, "123456789")],
    ),
    ("tencent", "607117181@sip.qqmra.com", "", &[(Meeting, "607117181")]),
    (
        "tencent",
        "607117181**567967@sip.qqmra.com",
        "",
        &[(Meeting, "607117181"), (Passcode, "567967")],
    ),
    (
        "tencent-gatekeeper",
        "607117181**567967",
        "",
        &[(Meeting, "607117181"), (Passcode, "567967")],
    ),
    (
        "tencent-ip",
        "42.187.185.2",
        "607117181#567967#",
        &[(Address, "42.187.185.2"), (Meeting, "607117181"), (Passcode, "567967")],
    ),
    ("tencent-ip", "qqmra.com", "607117181#", &[(Address, "qqmra.com"), (Meeting, "607117181")]),
    (
        "wecom",
        "607117181**4321@mra.example.com",
        "",
        &[(Meeting, "607117181"), (Passcode, "4321"), (Address, "mra.example.com")],
    ),
    ("feishu", "123456789@lvc.feishu.cn", "", &[(Meeting, "123456789")]),
    (
        "feishu-ip",
        "123456789@101.133.204.6",
        "",
        &[(Meeting, "123456789"), (Address, "101.133.204.6")],
    ),
    (
        "feishu-two-stage",
        "lvc.feishu.cn",
        "123456789#",
        &[(Meeting, "123456789"), (Address, "lvc.feishu.cn")],
    ),
    ("bluejeans", "130885042.4321@bjn.vc", "", &[(Meeting, "130885042"), (Passcode, "4321")]),
    ("lifesize", "1234567@sip.lifesizecloud.com", "", &[(Meeting, "1234567")]),
    ("cms", "8001@meet.example.com", "", &[(User, "8001"), (Address, "meet.example.com")]),
    ("pexip", "a.b@vmr.example.com", "", &[(User, "a.b"), (Address, "vmr.example.com")]),
    (
        "rmx-h323",
        "10.1.2.3##1001##4321##9876",
        "",
        &[(Address, "10.1.2.3"), (Meeting, "1001"), (Passcode, "4321"), (HostKey, "9876")],
    ),
    (
        "rmx-h323",
        "10.1.2.3##1001####9876",
        "",
        &[(Address, "10.1.2.3"), (Meeting, "1001"), (HostKey, "9876")],
    ),
    (
        "rmx",
        "1001$$4321$$9876@rmx.example.com",
        "",
        &[(Meeting, "1001"), (Passcode, "4321"), (HostKey, "9876"), (Address, "rmx.example.com")],
    ),
    ("yealink", "4321@10.1.2.3", "", &[(Passcode, "4321"), (Address, "10.1.2.3")]),
    ("yealink-h323", "10.1.2.3##4321", "", &[(Passcode, "4321"), (Address, "10.1.2.3")]),
    ("yealink-h323", "10.1.2.3", "", &[(Address, "10.1.2.3")]),
    ("generic-h323", "[2001:db8::1]##1001", "", &[(Address, "[2001:db8::1]"), (Meeting, "1001")]),
];

#[test]
fn the_strings_that_services_print_are_built_and_read() {
    for (name, address, digits, values) in EXAMPLES {
        let row = dial_string(name).unwrap_or_else(|| panic!("{name}"));
        let all = fields(values);
        let dialled = row.fill(&all).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((dialled.address.as_str(), dialled.digits.as_str()), (*address, *digits));
        let mut read = row.address.read(address).unwrap_or_else(|| panic!("{name}: {address}"));
        let typed = row.digits.as_ref().and_then(|form| form.read(digits));
        for (field, value) in typed.iter().flat_map(Fields::iter) {
            read.set(field, value).expect("as it was read");
        }
        assert_eq!(read, all, "{name}: {address} {digits}");
    }
}

#[test]
fn a_scheme_and_the_case_of_a_host_do_not_matter() {
    let zoom = dial_string("zoom").expect("zoom");
    let read = zoom.read("sip:545096111.623458@ZoomCRC.com").expect("read");
    assert_eq!(read.get(Passcode), Some("623458"));
    assert!(zoom.read("sip:545096111.623458@zoomcrc.com.example.net").is_none());
    assert!(zoom.read("h323:545096111@zoomcrc.com").is_none());
}

#[test]
fn a_string_that_the_form_never_builds_is_not_read() {
    let zoom = dial_string("zoom").expect("zoom");
    for text in ["1.2.3.4.5@zoomcrc.com", "1.@zoomcrc.com", "1..@zoomcrc.com", "@zoomcrc.com", ""] {
        assert_eq!(zoom.read(text), None, "{text}");
    }
    assert_eq!(zoom.read(&format!("{}@zoomcrc.com", "1".repeat(21))), None);
    assert_eq!(zoom.read(&"1".repeat(100_000)), None);
}

#[test]
fn a_passcode_that_has_no_place_is_said_to_have_none() {
    let values = fields(&[(Meeting, "17"), (Passcode, "4"), (User, "a"), (Site, "acme")]);
    let carries = |name: &str| {
        dial_string(name).and_then(|row| row.fill(&values).ok()).map(|d| d.carries_passcode)
    };
    assert_eq!(carries("webex-person-number"), Some(false));
    assert_eq!(carries("webex"), Some(true));
    assert_eq!(carries("zoom"), Some(true));
    assert_eq!(carries("teams-phone"), None, "a number is missing");
}

#[test]
fn values_keep_to_their_fields() {
    for (field, bad) in [
        (Meeting, "12a"),
        (Meeting, "123456789012345678901"),
        (Passcode, "1@evil.example"),
        (Passcode, "1#2"),
        (Tenant, "a.b"),
        (Site, "a.b"),
        (Site, "-a"),
        (User, ".a"),
        (Address, "evil.example;x"),
        (Address, "10.0.0.256"),
        (Address, "a..b"),
        (Address, "[2001:db8::1"),
        (Address, "host:5060"),
        (Number, "+1-301"),
        (Meeting, ""),
    ] {
        assert_eq!(Fields::new().with(field, bad), Err(FieldError(field)), "{bad}");
    }
    let shown = format!("{:?}", fields(&[(Passcode, "4321"), (Meeting, "17")]));
    assert_eq!(shown, "{Meeting, Passcode}");
}

#[test]
fn what_could_be_read_in_two_ways_is_no_form() {
    for (form, error) in [
        ("{meeting}{passcode}", FormError::Ambiguous(Meeting)),
        ("{user}.{site}.my@webex.com", FormError::Ambiguous(User)),
        ("{address}1", FormError::Ambiguous(Address)),
        ("{meeting}[.{passcode}].{site}", FormError::Ambiguous(Passcode)),
        ("[{passcode}]{room}", FormError::Ambiguous(Passcode)),
        ("{meeting}[{passcode}]", FormError::Ambiguous(Meeting)),
        ("{meeting}@{meeting}", FormError::Twice(Meeting)),
        ("{meetin}@a", FormError::NoField("meetin".into())),
        ("{meeting@a", FormError::Unbalanced),
        ("{meeting}]@a", FormError::Unbalanced),
        ("{meeting}[.]@a", FormError::Chain),
        ("{meeting}[.{passcode}.{layout}!]@a", FormError::Chain),
        ("", FormError::Length),
    ] {
        assert_eq!(Form::parse(form).expect_err(form), error, "{form}");
    }
}

#[test]
fn separators_go_or_stay_as_the_form_says() {
    let goes = Form::parse("{meeting}[.{passcode}][+{layout}]@h").expect("a form");
    let stays = Form::parse("{meeting}[.{passcode}+{layout}]@h").expect("a form");
    let values = fields(&[(Meeting, "1"), (Layout, "11")]);
    assert_eq!(goes.fill(&values), Ok("1+11@h".into()));
    assert_eq!(stays.fill(&values), Ok("1.+11@h".into()));
    assert_eq!(goes.read("1+11@h"), Some(values.clone()));
    assert_eq!(stays.read("1.+11@h"), Some(values));
    assert_eq!(stays.read("1+11@h"), None);
    assert_eq!(goes.fill(&Fields::new()), Err(FillError::Missing(Meeting)));
}

fn value(field: Field) -> BoxedStrategy<String> {
    match field.kind() {
        Kind::Digits => "[0-9]{1,12}".boxed(),
        Kind::Passcode => "[A-Za-z0-9_-]{1,12}".boxed(),
        Kind::Key => "[A-Za-z0-9_-]{1,12}".boxed(),
        Kind::Label => "[a-z0-9][a-z0-9-]{0,8}[a-z0-9]".boxed(),
        Kind::Name => "[a-z0-9][a-z0-9._-]{0,8}[a-z0-9]".boxed(),
        Kind::Host => prop_oneof![
            "[a-z]{1,8}\\.[a-z]{2,5}",
            Just("192.0.2.7".to_owned()),
            Just("[::1]".to_owned())
        ]
        .boxed(),
        Kind::Number => "\\+[1-9][0-9]{6,13}".boxed(),
    }
}

proptest! {
    #[test]
    fn what_is_built_reads_back(
        row in prop::sample::select(dial_strings()),
        values in Field::ALL.map(|field| prop::option::of(value(field))),
    ) {
        let forms = std::iter::once(&row.address).chain(&row.digits);
        for form in forms {
            let mut all = Fields::new();
            for (field, needed) in form.fields() {
                match &values[field as usize] {
                    Some(value) => all.set(field, value).expect("a value of its field"),
                    None if needed => {
                        let usual = if field == Address { "h.example" } else { "17" };
                        all.set(field, usual).expect("digits fit everywhere but in hosts");
                    }
                    None => {}
                }
            }
            let built = form.fill(&all).expect("every field is there");
            prop_assert_eq!(form.read(&built), Some(all), "{}", built);
        }
    }

    #[test]
    fn what_is_read_is_what_is_built(
        row in prop::sample::select(dial_strings()),
        text in "[0-9a-z.#*$@,]{0,24}(@zoomcrc\\.com|@sip\\.qqmra\\.com|@a\\.webex\\.com|)",
    ) {
        if let Some(fields) = row.address.read(&text) {
            prop_assert_eq!(row.address.fill(&fields).expect("complete").to_lowercase(), text);
        }
    }
}
