//! Part of H.235.0; made by `generate/`, not by hand.

use super::*;
use crate::codec::*;
use crate::define::{choice, enumerated, sequence};
use crate::value::*;

/// `ChallengeString` of H.235.0.
pub type ChallengeString = Vec<u8>;

/// `TimeStamp` of H.235.0.
pub type TimeStamp = u32;

/// `RandomVal` of H.235.0.
pub type RandomVal = i64;

/// `Password` of H.235.0.
pub type Password = BmpString;

/// `Identifier` of H.235.0.
pub type Identifier = BmpString;

/// `KeyMaterial` of H.235.0.
pub type KeyMaterial = BitString;

/// `KeyMaterialExt` of H.235.0.
pub type KeyMaterialExt = BitString;

sequence! {
    /// `NonStandardParameter` of H.235.0.
    NonStandardParameter {
        non_standard_identifier: ObjectIdentifier as Must<ObjectIdentifier>,
        data: Vec<u8> as Must<Octets>,
    }
}

sequence! {
    /// `DHset` of H.235.0.
    DHset {
        halfkey: BitString as Must<Bits<0, 2048>>,
        mod_size: BitString as Must<Bits<0, 2048>>,
        generator: BitString as Must<Bits<0, 2048>>,
    } more {}
}

sequence! {
    /// `DHsetExt` of H.235.0.
    DHsetExt {
        halfkey: BitString as Must<Bits<2049, 65536>>,
        mod_size: Option<BitString> as May<Bits<2049, 65536>>,
        generator: Option<BitString> as May<Bits<2049, 65536>>,
    } more {}
}

sequence! {
    /// `ECpoint` of H.235.0.
    ECpoint {
        x: Option<BitString> as May<Bits<0, 511>>,
        y: Option<BitString> as May<Bits<0, 511>>,
    } more {}
}

choice! {
    /// `ECKASDH` of H.235.0.
    Eckasdh of 2 {
        0: Eckasdhp(Box<EckasdhEckasdhp> as Boxed<EckasdhEckasdhp>),
        1: Eckasdh2(Box<EckasdhEckasdh2> as Boxed<EckasdhEckasdh2>),
    } or Unrecognised {}
}

sequence! {
    /// Within `ECKASDH` of H.235.0.
    EckasdhEckasdhp {
        public_key: ECpoint as Must<ECpoint>,
        modulus: BitString as Must<Bits<0, 511>>,
        base: ECpoint as Must<ECpoint>,
        weierstrass_a: BitString as Must<Bits<0, 511>>,
        weierstrass_b: BitString as Must<Bits<0, 511>>,
    }
}

sequence! {
    /// Within `ECKASDH` of H.235.0.
    EckasdhEckasdh2 {
        public_key: ECpoint as Must<ECpoint>,
        field_size: BitString as Must<Bits<0, 511>>,
        base: ECpoint as Must<ECpoint>,
        weierstrass_a: BitString as Must<Bits<0, 511>>,
        weierstrass_b: BitString as Must<Bits<0, 511>>,
    }
}

sequence! {
    /// `ECGDSASignature` of H.235.0.
    EcgdsaSignature {
        r: BitString as Must<Bits<0, 511>>,
        s: BitString as Must<Bits<0, 511>>,
    }
}

sequence! {
    /// `TypedCertificate` of H.235.0.
    TypedCertificate {
        type_: ObjectIdentifier as Must<ObjectIdentifier>,
        certificate: Vec<u8> as Must<Octets>,
    } more {}
}

choice! {
    /// `AuthenticationBES` of H.235.0.
    AuthenticationBes of 2 {
        0: Default,
        1: Radius,
    } or Unrecognised {}
}

choice! {
    /// `AuthenticationMechanism` of H.235.0.
    AuthenticationMechanism of 7 {
        0: DhExch,
        1: PwdSymEnc,
        2: PwdHash,
        3: CertSign,
        4: Ipsec,
        5: Tls,
        6: NonStandard(NonStandardParameter as NonStandardParameter),
    } or Unrecognised {
        0: AuthenticationBes(AuthenticationBes as AuthenticationBes),
        1: KeyExch(ObjectIdentifier as ObjectIdentifier),
    }
}

sequence! {
    /// `ClearToken` of H.235.0.
    ClearToken {
        token_oid: ObjectIdentifier as Must<ObjectIdentifier>,
        time_stamp: Option<TimeStamp> as May<Whole<1, 4294967295>>,
        password: Option<Password> as May<Bmp<1, 128>>,
        dhkey: Option<DHset> as May<DHset>,
        challenge: Option<ChallengeString> as May<Octets<8, 128>>,
        random: Option<RandomVal> as May<AnyWhole>,
        certificate: Option<TypedCertificate> as May<TypedCertificate>,
        general_id: Option<Identifier> as May<Bmp<1, 128>>,
        non_standard: Option<NonStandardParameter> as May<NonStandardParameter>,
    } more {
        eckasdhkey: Eckasdh as Eckasdh,
        senders_id: Identifier as Bmp<1, 128>,
        h235_key: H235Key as H235Key,
        profile_info: Vec<ProfileElement> as List<ProfileElement>,
        dhkeyext: DHsetExt as DHsetExt,
    }
}

sequence! {
    /// `ProfileElement` of H.235.0.
    ProfileElement {
        element_id: u8 as Must<Whole<0, 255>>,
        param_s: Option<Params> as May<Params>,
        element: Option<Element> as May<Element>,
    } more {}
}

choice! {
    /// `Element` of H.235.0.
    Element of 5 {
        0: Octets(Vec<u8> as Octets),
        1: Integer(i64 as AnyWhole),
        2: Bits(BitString as Bits),
        3: Name(BmpString as Bmp),
        4: Flag(bool as Flag),
    } or Unrecognised {}
}

sequence! {
    /// `SIGNED` of H.235.0.
    Signed {
        to_be_signed: Vec<u8> as Must<Octets>,
        algorithm_oid: ObjectIdentifier as Must<ObjectIdentifier>,
        param_s: Params as Must<Params>,
        signature: BitString as Must<Bits>,
    }
}

sequence! {
    /// `ENCRYPTED` of H.235.0.
    Encrypted {
        algorithm_oid: ObjectIdentifier as Must<ObjectIdentifier>,
        param_s: Params as Must<Params>,
        encrypted_data: Vec<u8> as Must<Octets>,
    }
}

sequence! {
    /// `HASHED` of H.235.0.
    Hashed {
        algorithm_oid: ObjectIdentifier as Must<ObjectIdentifier>,
        param_s: Params as Must<Params>,
        hash: BitString as Must<Bits>,
    }
}

/// `IV8` of H.235.0.
pub type Iv8 = [u8; 8];

/// `IV16` of H.235.0.
pub type Iv16 = [u8; 16];

sequence! {
    /// `Params` of H.235.0.
    Params {
        ran_int: Option<i64> as May<AnyWhole>,
        iv8: Option<Iv8> as May<Exactly<8>>,
    } more {
        iv16: Iv16 as Exactly<16>,
        iv: Vec<u8> as Octets,
        clear_salt: Vec<u8> as Octets,
    }
}

/// `EncodedGeneralToken` of H.235.0.
pub type EncodedGeneralToken = Vec<u8>;

/// `PwdCertToken` of H.235.0.
pub type PwdCertToken = ClearToken;

/// `EncodedPwdCertToken` of H.235.0.
pub type EncodedPwdCertToken = Vec<u8>;

choice! {
    /// `CryptoToken` of H.235.0.
    CryptoToken of 4 {
        0: CryptoEncryptedToken(Box<CryptoTokenCryptoEncryptedToken> as Boxed<CryptoTokenCryptoEncryptedToken>),
        1: CryptoSignedToken(Box<CryptoTokenCryptoSignedToken> as Boxed<CryptoTokenCryptoSignedToken>),
        2: CryptoHashedToken(Box<CryptoTokenCryptoHashedToken> as Boxed<CryptoTokenCryptoHashedToken>),
        3: CryptoPwdEncr(Box<Encrypted> as Boxed<Encrypted>),
    } or Unrecognised {}
}

sequence! {
    /// Within `CryptoToken` of H.235.0.
    CryptoTokenCryptoEncryptedToken {
        token_oid: ObjectIdentifier as Must<ObjectIdentifier>,
        token: Encrypted as Must<Encrypted>,
    }
}

sequence! {
    /// Within `CryptoToken` of H.235.0.
    CryptoTokenCryptoSignedToken {
        token_oid: ObjectIdentifier as Must<ObjectIdentifier>,
        token: Signed as Must<Signed>,
    }
}

sequence! {
    /// Within `CryptoToken` of H.235.0.
    CryptoTokenCryptoHashedToken {
        token_oid: ObjectIdentifier as Must<ObjectIdentifier>,
        hashed_vals: ClearToken as Must<ClearToken>,
        token: Hashed as Must<Hashed>,
    }
}

choice! {
    /// `H235Key` of H.235.0.
    H235Key of 3 {
        0: SecureChannel(KeyMaterial as Bits<1, 2048>),
        1: SharedSecret(Box<Encrypted> as Boxed<Encrypted>),
        2: CertProtectedKey(Box<Signed> as Boxed<Signed>),
    } or Unrecognised {
        0: SecureSharedSecret(Box<V3KeySyncMaterial> as Boxed<V3KeySyncMaterial>),
        1: SecureChannelExt(KeyMaterialExt as Bits<2049, 65536>),
    }
}

sequence! {
    /// `KeySignedMaterial` of H.235.0.
    KeySignedMaterial {
        general_id: Identifier as Must<Bmp<1, 128>>,
        mrandom: RandomVal as Must<AnyWhole>,
        srandom: Option<RandomVal> as May<AnyWhole>,
        time_stamp: Option<TimeStamp> as May<Whole<1, 4294967295>>,
        encrptval: Encrypted as Must<Encrypted>,
    }
}

/// `EncodedKeySignedMaterial` of H.235.0.
pub type EncodedKeySignedMaterial = Vec<u8>;

sequence! {
    /// `H235CertificateSignature` of H.235.0.
    H235CertificateSignature {
        certificate: TypedCertificate as Must<TypedCertificate>,
        response_random: RandomVal as Must<AnyWhole>,
        requester_random: Option<RandomVal> as May<AnyWhole>,
        signature: Signed as Must<Signed>,
    } more {}
}

sequence! {
    /// `ReturnSig` of H.235.0.
    ReturnSig {
        general_id: Identifier as Must<Bmp<1, 128>>,
        response_random: RandomVal as Must<AnyWhole>,
        request_random: Option<RandomVal> as May<AnyWhole>,
        certificate: Option<TypedCertificate> as May<TypedCertificate>,
    }
}

/// `EncodedReturnSig` of H.235.0.
pub type EncodedReturnSig = Vec<u8>;

sequence! {
    /// `KeySyncMaterial` of H.235.0.
    KeySyncMaterial {
        general_id: Identifier as Must<Bmp<1, 128>>,
        key_material: KeyMaterial as Must<Bits<1, 2048>>,
    } more {}
}

/// `EncodedKeySyncMaterial` of H.235.0.
pub type EncodedKeySyncMaterial = Vec<u8>;

sequence! {
    /// `V3KeySyncMaterial` of H.235.0.
    V3KeySyncMaterial {
        general_id: Option<Identifier> as May<Bmp<1, 128>>,
        algorithm_oid: Option<ObjectIdentifier> as May<ObjectIdentifier>,
        param_s: Params as Must<Params>,
        encrypted_session_key: Option<Vec<u8>> as May<Octets>,
        encrypted_salting_key: Option<Vec<u8>> as May<Octets>,
        clear_salting_key: Option<Vec<u8>> as May<Octets>,
        param_ssalt: Option<Params> as May<Params>,
        key_derivation_oid: Option<ObjectIdentifier> as May<ObjectIdentifier>,
    } more {
        generic_key_material: Vec<u8> as Octets,
    }
}
