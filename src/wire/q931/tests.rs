use super::*;
use proptest::prelude::*;

const CALL: CallReference = CallReference { value: 0x1234, from_destination: false };

fn writer(kind: MessageKind) -> Q931Writer {
    Q931Writer::new(CALL, kind)
}

#[test]
fn a_setup_as_a_room_sends_it() {
    let number = Number {
        kind: NumberKind { kind: 0, plan: 1 },
        presentation: 0,
        screening: 0,
        digits: b"8001",
    };
    let message = writer(MessageKind::Setup)
        .user_user(&[0x20, 0x90])
        .element(ElementId::CALLED_PARTY_NUMBER, &number.called_bytes())
        .element(ElementId::DISPLAY, b"Room 1\0")
        .element(ElementId::BEARER_CAPABILITY, &element::BEARER_UNRESTRICTED)
        .element(ElementId::SENDING_COMPLETE, &[])
        .finish()
        .unwrap();
    assert_eq!(
        message,
        [
            &[0x08, 0x02, 0x12, 0x34, 0x05][..],
            &[0xa1],
            &[0x04, 3, 0x88, 0x90, 0xa5],
            &[0x28, 7],
            b"Room 1\0",
            &[0x70, 5, 0x81],
            b"8001",
            &[0x7e, 0, 3, 5, 0x20, 0x90],
        ]
        .concat()
    );
    let view = Q931View::parse(&message).unwrap();
    assert_eq!((view.call_reference, view.kind), (CALL, MessageKind::Setup));
    assert_eq!(view.user_user(), Some(&[0x20, 0x90][..]));
    let called = view.find(ElementId::CALLED_PARTY_NUMBER).and_then(Number::parse).unwrap();
    assert_eq!(called, number);
    assert!(view.find(ElementId::SENDING_COMPLETE).is_some());
    assert_eq!(view.find(ElementId::CAUSE), None);
}

#[test]
fn headers_that_are_none() {
    for (bytes, error) in [
        (&[][..], Q931Error::TooShort),
        (&[8], Q931Error::TooShort),
        (&[8, 2, 0, 1], Q931Error::TooShort),
        (&[9, 2, 0, 1, 5], Q931Error::Protocol(9)),
        (&[8, 1, 1, 5, 0], Q931Error::CallReference(1)),
        (&[8, 2, 0, 1, 5, 0x28], Q931Error::Element(5)),
        (&[8, 2, 0, 1, 5, 0xa1, 0x28, 2, b'a'], Q931Error::Element(6)),
        (&[8, 2, 0, 1, 5, 0x7e, 0], Q931Error::Element(5)),
        (&[8, 2, 0, 1, 5, 0x7e, 0, 2, 5], Q931Error::Element(5)),
    ] {
        assert_eq!(Q931View::parse(bytes), Err(error), "{bytes:02x?}");
    }
}

#[test]
fn shifts_lead_to_other_codesets_and_back_only_after_one_element() {
    let elements = [
        &[0x9e, 0x28, 1, b'x'][..], // once codeset 6: not our display
        &[0x28, 1, b'y'],
        &[0x95, 0x28, 1, b'z'], // codeset 5 from here on
        &[0x98, 0x28, 1, b'w'], // once codeset 0
        &[0x90, 0x7e, 1, 5],    // no way back; not our user-user either
        &[0x9f],                // nothing follows
    ]
    .concat();
    let message = [&[8, 2, 0x80, 1, 0x62][..], &elements].concat();
    let view = Q931View::parse(&message).unwrap();
    let read: Vec<_> = view.elements().map(|e| (e.codeset, e.id.0, e.data)).collect();
    assert_eq!(
        read,
        [(6, 0x28, &b"x"[..]), (0, 0x28, b"y"), (5, 0x28, b"z"), (0, 0x28, b"w"), (5, 0x7e, &[5]),]
    );
    assert_eq!(view.find(ElementId::DISPLAY), Some(&b"y"[..]));
    assert_eq!(view.user_user(), None);
    assert!(view.call_reference.from_destination);
    assert_eq!(view.call_reference.answered(), CallReference { value: 1, from_destination: false });
}

#[test]
fn causes_and_numbers_as_gateways_send_them() {
    assert_eq!(Cause::parse(&[0x80, 0x90]), Some(Cause { location: 0, value: 16 }));
    assert_eq!(Cause::parse(&[0x02, 0x81, 0x9f]), Some(Cause { location: 2, value: 31 }));
    assert_eq!(Cause::parse(&[0x02, 0x81]), None);
    assert_eq!(Cause::parse(&[]), None);
    let number = Number::parse(&[0x21, 0xa3, b'1', b'2']).unwrap();
    assert_eq!(number.kind, NumberKind { kind: 2, plan: 1 });
    assert_eq!((number.presentation, number.screening), (1, 3));
    assert_eq!(number.digits, b"12");
    assert_eq!(Number::parse(&number.calling_bytes()), Some(number));
    let redirecting = Number::parse(&[0x01, 0x03, 0x82, b'9']).unwrap();
    assert_eq!(redirecting.digits, b"9");
    assert_eq!(Number::parse(&[0x01]), None, "a byte is announced that does not come");
    assert_eq!(Number::parse(&[0x81; 130]), None, "too long");
    assert_eq!(element::display(&[0xb1, b'a']), b"a");
    assert_eq!(element::display(b"ab"), b"ab");
    assert_eq!(element::display("会议室".as_bytes()), "会议室".as_bytes(), "no kind before it");
    assert_eq!(element::call_state(&[0x0a]), Some(10));
    assert_eq!(element::progress(&[0x81, 0x88]), Some((1, 8)));
    assert_eq!(element::notification(&[0xf9]), Some(0x79));
}

#[test]
fn an_element_too_long_for_its_length_is_not_written() {
    let long =
        |length| writer(MessageKind::Setup).element(ElementId::DISPLAY, &vec![0; length]).finish();
    assert!(long(255).is_some());
    assert_eq!(long(256), None);
    assert!(writer(MessageKind::Setup).user_user(&vec![0; 0xfffe]).finish().is_some());
    assert_eq!(writer(MessageKind::Setup).user_user(&vec![0; 0xffff]).finish(), None);
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        value in 0..=MAX_CALL_REFERENCE,
        from_destination: bool,
        kind: u8,
        elements in prop::collection::btree_map(0u8..0x7e, prop::collection::vec(any::<u8>(), 0..256), 0..6),
        asn1 in prop::option::of(prop::collection::vec(any::<u8>(), 0..2000)),
    ) {
        let call_reference = CallReference { value, from_destination };
        let mut message = Q931Writer::new(call_reference, MessageKind::from_number(kind));
        for (id, data) in elements.iter().rev() {
            message = message.element(ElementId(*id), data);
        }
        if let Some(asn1) = &asn1 {
            message = message.user_user(asn1);
        }
        let bytes = message.finish().unwrap();
        let view = Q931View::parse(&bytes).unwrap();
        prop_assert_eq!((view.call_reference, view.kind.number()), (call_reference, kind));
        prop_assert_eq!(view.user_user(), asn1.as_deref());
        let read: Vec<_> = view.elements().map(|e| (e.id.0, e.data.to_vec())).filter(|(id, _)| *id != 0x7e).collect();
        prop_assert_eq!(read, elements.into_iter().collect::<Vec<_>>());
    }
}
