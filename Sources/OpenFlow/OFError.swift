/// Why a message is refused. The numbers that say it differ by version: `OFErrorTable.swift`. A case is named after its constant:
/// `brcBadLen` is OFPBRC_BAD_LEN, `nxbrcMustBeZero` is NXBRC_MUST_BE_ZERO.
public enum OFError: UInt16, Error, CaseIterable, Hashable, Sendable {
    // Hello failed
    case hfcIncompatible, hfcEperm
    // Bad request
    case brcBadVersion, brcBadType, brcBadStat, brcBadVendor, brcBadSubtype, brcEperm, brcBadLen, brcBufferEmpty, brcBufferUnknown
    case brcBadTableID, brcIsSecondary, brcBadPort, brcBadPacket, brcMultipartBufferOverflow, brcMultipartRequestTimeout
    case brcMultipartReplyTimeout, brcMultipartBadSched, brcPipelineFieldsOnly, brcUnknown
    case nxbrcNXMInvalid, nxbrcNXMBadType, nxbrcMustBeZero, nxbrcBadReason, nxbrcFMBadEvent, nxbrcUnencodableError
    // Bad action
    case bacBadType, bacBadLen, bacBadVendor, bacBadVendorType, bacBadOutPort, bacBadArgument, bacEperm, bacTooMany, bacBadQueue
    case bacBadOutGroup, bacMatchInconsistent, bacUnsupportedOrder, bacBadTag, bacBadSetType, bacBadSetLen, bacBadSetArgument
    case bacBadSetMask, bacBadMeter
    case nxbacMustBeZero, nxbacBadConjunction, nxbacBadHeaderType, nxbacUnknownEDProp, nxbacBadEDProp, nxbacCTDatapathSupport
    // Bad instruction
    case bicUnknownInst, bicUnsupInst, bicBadTableID, bicUnsupMetadata, bicUnsupMetadataMask, bicBadExperimenter, bicBadExpType, bicBadLen
    case bicEperm, bicDupInst
    // Bad match
    case bmcBadType, bmcBadLen, bmcBadTag, bmcBadDLAddrMask, bmcBadNWAddrMask, bmcBadWildcards, bmcBadField, bmcBadValue, bmcBadMask
    case bmcBadPrereq, bmcDupField, bmcEperm
    case nxbmcCTDatapathSupport
    // Flow mod failed
    case fmfcBadEmergTimeout, fmfcUnsupported, fmfcUnknown, fmfcTableFull, fmfcBadTableID, fmfcOverlap, fmfcEperm, fmfcBadTimeout
    case fmfcBadCommand, fmfcBadFlags, fmfcCantSync, fmfcBadPriority, fmfcIsSync
    case nxfmfcHardware, nxfmfcBadTableID, nxfmfcInvalidTLVField
    // Group mod failed
    case gmfcGroupExists, gmfcInvalidGroup, gmfcWeightUnsupported, gmfcOutOfGroups, gmfcOutOfBuckets, gmfcChainingUnsupported
    case gmfcWatchUnsupported, gmfcLoop, gmfcUnknownGroup, gmfcChainedGroup, gmfcBadType, gmfcBadCommand, gmfcBadBucket, gmfcBadWatch
    case gmfcEperm, gmfcUnknownBucket, gmfcBucketExists
    // Port mod failed
    case pmfcBadPort, pmfcBadHWAddr, pmfcBadConfig, pmfcBadAdvertise, pmfcEperm
    // Table mod failed
    case tmfcBadTable, tmfcBadConfig, tmfcEperm
    // Queue operation failed
    case qofcBadPort, qofcBadQueue, qofcEperm
    case nxqofcQueueError
    // Switch configuration failed
    case scfcBadFlags, scfcBadLen, scfcEperm
    // Role request failed
    case rrfcStale, rrfcUnsup, rrfcBadRole, rrfcIDUnsup, rrfcIDInUse
    // Meter mod failed
    case mmfcUnknown, mmfcMeterExists, mmfcInvalidMeter, mmfcUnknownMeter, mmfcBadCommand, mmfcBadFlags, mmfcBadRate, mmfcBadBurst
    case mmfcBadBand, mmfcBadBandValue, mmfcOutOfMeters, mmfcOutOfBands
    // Table features failed
    case tffcBadTable, tffcBadMetadata, tffcEperm, tffcBadCapa, tffcBadMaxEnt, tffcBadFeatures, tffcBadCommand, tffcTooMany
    case nxtffcDupTable
    // Bad property
    case bpcBadType, bpcBadLen, bpcBadValue, bpcTooMany, bpcDupType, bpcBadExperimenter, bpcBadExpType, bpcBadExpValue, bpcEperm
    // Asynchronous configuration failed
    case acfcInvalid, acfcUnsupported, acfcEperm
    // Flow monitor failed
    case mofcUnknown, mofcMonitorExists, mofcInvalidMonitor, mofcUnknownMonitor, mofcBadCommand, mofcBadFlags, mofcBadTableID, mofcBadOut
    // Bundle failed
    case bfcUnknown, bfcEperm, bfcBadID, bfcBundleExist, bfcBundleClosed, bfcOutOfBundles, bfcBadType, bfcBadFlags, bfcMsgBadLen
    case bfcMsgBadXID, bfcMsgUnsup, bfcMsgConflict, bfcMsgTooMany, bfcMsgFailed, bfcTimeout, bfcBundleInProgress, bfcSchedNotSupported
    case bfcSchedFuture, bfcSchedPast, bfcBadVersion
    // TLV table mod failed
    case nxttmfcBadCommand, nxttmfcBadOptLen, nxttmfcBadFieldIdx, nxttmfcTableFull, nxttmfcAlreadyMapped, nxttmfcDupEntry
    case nxttmfcInvalidTLVDel
    // Continuations, statistics
    case nxrNotSupported, nxrStale
    case nxstNotConfigured
}
