/// Why a message is refused. The numbers that say it differ by version: `OFErrorTable.swift`. A case is named after its constant:
/// `brcBadLen` is OFPBRC_BAD_LEN, `nxbrcMustBeZero` is NXBRC_MUST_BE_ZERO.
public enum OFError: UInt16, Error, CaseIterable, Hashable, Sendable {
    // Hello failed
    case hfcIncompatible, hfcEperm
    // Bad request
    case brcBadVersion, brcBadType, brcBadStat, brcBadVendor, brcBadSubtype, brcEperm, brcBadLen, brcBufferEmpty, brcBufferUnknown
    case brcBadTableID, brcIsSlave, brcBadPort, brcBadPacket, brcMultipartBufferOverflow, brcPipelineFieldsOnly
    case nxbrcMustBeZero
    // Bad action
    case bacBadType, bacBadLen, bacBadVendor, bacBadVendorType, bacBadOutPort, bacBadArgument, bacEperm, bacTooMany, bacBadQueue
    case bacBadOutGroup, bacMatchInconsistent, bacUnsupportedOrder, bacBadTag, bacBadSetType, bacBadSetLen, bacBadSetArgument, bacBadSetMask
    case nxbacMustBeZero, nxbacBadConjunction, nxbacBadHeaderType, nxbacUnknownEDProp, nxbacBadEDProp
    // Bad instruction
    case bicUnknownInst, bicUnsupInst, bicBadTableID, bicUnsupMetadata, bicUnsupMetadataMask, bicBadExperimenter, bicBadExpType, bicBadLen, bicEperm, bicDupInst
    // Bad match
    case bmcBadType, bmcBadLen, bmcBadTag, bmcBadDLAddrMask, bmcBadNWAddrMask, bmcBadWildcards, bmcBadField, bmcBadValue, bmcBadMask, bmcBadPrereq, bmcDupField, bmcEperm
    // Bad property
    case bpcBadType, bpcBadLen, bpcBadValue, bpcTooMany, bpcDupType, bpcBadExperimenter, bpcBadExpType, bpcBadExpValue, bpcEperm
    // Flow mod failed
    case fmfcUnknown, fmfcTableFull, fmfcBadTableID, fmfcOverlap, fmfcEperm, fmfcBadTimeout, fmfcBadCommand, fmfcBadFlags
    case nxfmfcInvalidTLVField
    // Meter mod failed
    case mmfcInvalidMeter, mmfcUnknownMeter
}
