/// Every error with its name and its numbers, by version. Where one version gives two errors the same numbers, the first of them is
/// what they are understood as. The order is that of `OFError.allCases`.
let errorTable: [ErrorRow] = {
    var rows = helloFailed + badRequest
    rows += badAction + badInstruction + badMatch
    rows += flowModFailed + groupModFailed + portModFailed + tableModFailed + queueFailed + configFailed + roleFailed
    rows += meterModFailed + tableFeaturesFailed + badProperty + asyncFailed + monitorFailed + bundleFailed
    return rows + tlvTableFailed + extensionFailed
}()

private func row(_ error: OFError, _ name: String, _ spans: ErrorSpan...) -> ErrorRow { ErrorRow(error: error, name: name, spans: spans) }

/// OpenFlow's own numbers.
private func of(_ type: UInt16, _ code: UInt16, from: OFVersion, to: OFVersion = .v15) -> ErrorSpan {
    ErrorSpan(first: from, last: to, numbers: ErrorNumbers(vendor: 0, type: type, code: code))
}

/// The Nicira extension's: with a code before OpenFlow 1.2, without from there on.
private func nx(_ type: UInt16, _ code: UInt16, from: OFVersion, to: OFVersion = .v15) -> ErrorSpan {
    ErrorSpan(first: from, last: to, numbers: ErrorNumbers(vendor: Vendor.nicira, type: type, code: code))
}

/// The Open Networking Foundation's extensions of OpenFlow 1.3.
private func onf(_ type: UInt16, _ code: UInt16, from: OFVersion, to: OFVersion = .v15) -> ErrorSpan {
    ErrorSpan(first: from, last: to, numbers: ErrorNumbers(vendor: Vendor.onf, type: type, code: code))
}

private let helloFailed: [ErrorRow] = [
    row(.hfcIncompatible, "OFPHFC_INCOMPATIBLE", of(0, 0, from: .v10)),
    row(.hfcEperm, "OFPHFC_EPERM", of(0, 1, from: .v10)),
]

private let badRequest: [ErrorRow] = [
    row(.brcBadVersion, "OFPBRC_BAD_VERSION", of(1, 0, from: .v10)),
    row(.brcBadType, "OFPBRC_BAD_TYPE", of(1, 1, from: .v10)),
    row(.brcBadStat, "OFPBRC_BAD_STAT", of(1, 2, from: .v10)),
    row(.brcBadVendor, "OFPBRC_BAD_VENDOR", of(1, 3, from: .v10)),
    row(.brcBadSubtype, "OFPBRC_BAD_SUBTYPE", of(1, 4, from: .v10)),
    row(.brcEperm, "OFPBRC_EPERM", of(1, 5, from: .v10)),
    row(.brcBadLen, "OFPBRC_BAD_LEN", of(1, 6, from: .v10)),
    row(.brcBufferEmpty, "OFPBRC_BUFFER_EMPTY", of(1, 7, from: .v10)),
    row(.brcBufferUnknown, "OFPBRC_BUFFER_UNKNOWN", of(1, 8, from: .v10)),
    row(.brcBadTableID, "OFPBRC_BAD_TABLE_ID", nx(1, 512, from: .v10, to: .v10), of(1, 9, from: .v11)),
    row(.brcIsSecondary, "OFPBRC_IS_SECONDARY", of(1, 5, from: .v10, to: .v11), of(1, 10, from: .v12)),
    row(.brcBadPort, "OFPBRC_BAD_PORT", nx(1, 514, from: .v10, to: .v11), of(1, 11, from: .v12)),
    row(.brcBadPacket, "OFPBRC_BAD_PACKET", of(1, 12, from: .v12)),
    row(.brcMultipartBufferOverflow, "OFPBRC_MULTIPART_BUFFER_OVERFLOW", of(1, 13, from: .v13)),
    row(.brcMultipartRequestTimeout, "OFPBRC_MULTIPART_REQUEST_TIMEOUT", onf(2640, 0, from: .v13, to: .v13), of(1, 14, from: .v14)),
    row(.brcMultipartReplyTimeout, "OFPBRC_MULTIPART_REPLY_TIMEOUT", onf(2641, 0, from: .v13, to: .v13), of(1, 15, from: .v14)),
    row(.brcMultipartBadSched, "OFPBRC_MULTIPART_BAD_SCHED", of(1, 16, from: .v15)),
    row(.brcPipelineFieldsOnly, "OFPBRC_PIPELINE_FIELDS_ONLY", of(1, 17, from: .v15)),
    row(.brcUnknown, "OFPBRC_UNKNOWN", of(1, 18, from: .v15)),
    row(.nxbrcNXMInvalid, "NXBRC_NXM_INVALID", nx(1, 256, from: .v10, to: .v11), nx(2, 0, from: .v12)),
    row(.nxbrcNXMBadType, "NXBRC_NXM_BAD_TYPE", nx(1, 257, from: .v10, to: .v11), nx(3, 0, from: .v12)),
    row(.nxbrcMustBeZero, "NXBRC_MUST_BE_ZERO", nx(1, 515, from: .v10, to: .v11), nx(4, 0, from: .v12)),
    row(.nxbrcBadReason, "NXBRC_BAD_REASON", nx(1, 516, from: .v10, to: .v11), nx(5, 0, from: .v12)),
    row(.nxbrcFMBadEvent, "NXBRC_FM_BAD_EVENT", nx(1, 520, from: .v10, to: .v11), nx(9, 0, from: .v12)),
    row(.nxbrcUnencodableError, "NXBRC_UNENCODABLE_ERROR", nx(1, 521, from: .v10, to: .v11), nx(10, 0, from: .v12)),
]

private let badAction: [ErrorRow] = [
    row(.bacBadType, "OFPBAC_BAD_TYPE", of(2, 0, from: .v10)),
    row(.bacBadLen, "OFPBAC_BAD_LEN", of(2, 1, from: .v10)),
    row(.bacBadVendor, "OFPBAC_BAD_VENDOR", of(2, 2, from: .v10)),
    row(.bacBadVendorType, "OFPBAC_BAD_VENDOR_TYPE", of(2, 3, from: .v10)),
    row(.bacBadOutPort, "OFPBAC_BAD_OUT_PORT", of(2, 4, from: .v10)),
    row(.bacBadArgument, "OFPBAC_BAD_ARGUMENT", of(2, 5, from: .v10)),
    row(.bacEperm, "OFPBAC_EPERM", of(2, 6, from: .v10)),
    row(.bacTooMany, "OFPBAC_TOO_MANY", of(2, 7, from: .v10)),
    row(.bacBadQueue, "OFPBAC_BAD_QUEUE", of(2, 8, from: .v10)),
    row(.bacBadOutGroup, "OFPBAC_BAD_OUT_GROUP", nx(2, 9, from: .v10, to: .v10), of(2, 9, from: .v11)),
    row(.bacMatchInconsistent, "OFPBAC_MATCH_INCONSISTENT", nx(1, 522, from: .v10, to: .v10), of(2, 10, from: .v11)),
    row(.bacUnsupportedOrder, "OFPBAC_UNSUPPORTED_ORDER", of(2, 11, from: .v11)),
    row(.bacBadTag, "OFPBAC_BAD_TAG", of(2, 12, from: .v11)),
    row(.bacBadSetType, "OFPBAC_BAD_SET_TYPE", nx(1, 523, from: .v10, to: .v11), of(2, 13, from: .v12)),
    row(.bacBadSetLen, "OFPBAC_BAD_SET_LEN", nx(1, 524, from: .v10, to: .v11), of(2, 14, from: .v12)),
    row(.bacBadSetArgument, "OFPBAC_BAD_SET_ARGUMENT", nx(1, 525, from: .v10, to: .v11), of(2, 15, from: .v12)),
    row(.bacBadSetMask, "OFPBAC_BAD_SET_MASK", onf(4250, 0, from: .v13, to: .v14), of(2, 16, from: .v15)),
    row(.bacBadMeter, "OFPBAC_BAD_METER", of(2, 17, from: .v15)),
    row(.nxbacMustBeZero, "NXBAC_MUST_BE_ZERO", nx(2, 256, from: .v10, to: .v11), nx(11, 0, from: .v12)),
    row(.nxbacBadConjunction, "NXBAC_BAD_CONJUNCTION", nx(2, 526, from: .v10, to: .v11), nx(15, 0, from: .v12)),
    row(.nxbacBadHeaderType, "NXBAC_BAD_HEADER_TYPE", nx(39, 0, from: .v13)),
    row(.nxbacUnknownEDProp, "NXBAC_UNKNOWN_ED_PROP", nx(40, 0, from: .v13)),
    row(.nxbacBadEDProp, "NXBAC_BAD_ED_PROP", nx(41, 0, from: .v13)),
    row(.nxbacCTDatapathSupport, "NXBAC_CT_DATAPATH_SUPPORT", nx(1, 265, from: .v10, to: .v11), nx(42, 0, from: .v12)),
]

private let badInstruction: [ErrorRow] = [
    row(.bicUnknownInst, "OFPBIC_UNKNOWN_INST", of(3, 0, from: .v11)),
    row(.bicUnsupInst, "OFPBIC_UNSUP_INST", nx(2, 257, from: .v10, to: .v10), of(3, 1, from: .v11)),
    row(.bicBadTableID, "OFPBIC_BAD_TABLE_ID", of(3, 2, from: .v11)),
    row(.bicUnsupMetadata, "OFPBIC_UNSUP_METADATA", of(3, 3, from: .v11)),
    row(.bicUnsupMetadataMask, "OFPBIC_UNSUP_METADATA_MASK", of(3, 4, from: .v11)),
    row(.bicBadExperimenter, "OFPBIC_BAD_EXPERIMENTER", of(3, 5, from: .v11)),
    row(.bicBadExpType, "OFPBIC_BAD_EXP_TYPE", of(3, 5, from: .v11, to: .v11), of(3, 6, from: .v12)),
    row(.bicBadLen, "OFPBIC_BAD_LEN", of(3, 7, from: .v12)),
    row(.bicEperm, "OFPBIC_EPERM", of(3, 8, from: .v12)),
    row(.bicDupInst, "OFPBIC_DUP_INST", nx(3, 256, from: .v11, to: .v11), onf(2600, 0, from: .v12, to: .v13), of(3, 9, from: .v14)),
]

private let badMatch: [ErrorRow] = [
    row(.bmcBadType, "OFPBMC_BAD_TYPE", of(4, 0, from: .v11)),
    row(.bmcBadLen, "OFPBMC_BAD_LEN", of(4, 1, from: .v11)),
    row(.bmcBadTag, "OFPBMC_BAD_TAG", of(4, 2, from: .v11)),
    row(.bmcBadDLAddrMask, "OFPBMC_BAD_DL_ADDR_MASK", of(4, 3, from: .v11)),
    row(.bmcBadNWAddrMask, "OFPBMC_BAD_NW_ADDR_MASK", of(4, 4, from: .v11)),
    row(.bmcBadWildcards, "OFPBMC_BAD_WILDCARDS", nx(1, 262, from: .v10, to: .v10), of(4, 5, from: .v11)),
    row(.bmcBadField, "OFPBMC_BAD_FIELD", nx(0, 263, from: .v10, to: .v10), of(4, 6, from: .v11)),
    row(.bmcBadValue, "OFPBMC_BAD_VALUE", nx(1, 258, from: .v10, to: .v10), of(4, 7, from: .v11)),
    row(.bmcBadMask, "OFPBMC_BAD_MASK", nx(1, 259, from: .v10, to: .v11), of(4, 8, from: .v12)),
    row(.bmcBadPrereq, "OFPBMC_BAD_PREREQ", nx(1, 260, from: .v10, to: .v11), of(4, 9, from: .v12)),
    row(.bmcDupField, "OFPBMC_DUP_FIELD", nx(1, 261, from: .v10, to: .v11), of(4, 10, from: .v12)),
    row(.bmcEperm, "OFPBMC_EPERM", of(4, 11, from: .v12)),
    row(.nxbmcCTDatapathSupport, "NXBMC_CT_DATAPATH_SUPPORT", nx(1, 264, from: .v10, to: .v11), nx(43, 0, from: .v12)),
]

private let flowModFailed: [ErrorRow] = [
    row(.fmfcBadEmergTimeout, "OFPFMFC_BAD_EMERG_TIMEOUT", of(3, 3, from: .v10, to: .v10)),
    row(.fmfcUnsupported, "OFPFMFC_UNSUPPORTED", of(3, 5, from: .v10, to: .v10)),
    row(.fmfcUnknown, "OFPFMFC_UNKNOWN", of(5, 0, from: .v11)),
    row(.fmfcTableFull, "OFPFMFC_TABLE_FULL", of(3, 0, from: .v10, to: .v10), of(5, 1, from: .v11)),
    row(.fmfcBadTableID, "OFPFMFC_BAD_TABLE_ID", of(5, 2, from: .v11)),
    row(.fmfcOverlap, "OFPFMFC_OVERLAP", of(3, 1, from: .v10, to: .v10), of(5, 3, from: .v11)),
    row(.fmfcEperm, "OFPFMFC_EPERM", of(3, 2, from: .v10, to: .v10), of(5, 4, from: .v11)),
    row(.fmfcBadTimeout, "OFPFMFC_BAD_TIMEOUT", of(5, 5, from: .v11)),
    row(.fmfcBadCommand, "OFPFMFC_BAD_COMMAND", of(3, 4, from: .v10, to: .v10), of(5, 6, from: .v11)),
    row(.fmfcBadFlags, "OFPFMFC_BAD_FLAGS", nx(3, 258, from: .v10, to: .v10), nx(5, 258, from: .v11, to: .v11), of(5, 7, from: .v12)),
    row(.fmfcCantSync, "OFPFMFC_CANT_SYNC", of(5, 8, from: .v14)),
    row(.fmfcBadPriority, "OFPFMFC_BAD_PRIORITY", onf(2360, 0, from: .v13, to: .v13), of(5, 9, from: .v14)),
    row(.fmfcIsSync, "OFPFMFC_IS_SYNC", of(5, 10, from: .v14)),
    row(.nxfmfcHardware, "NXFMFC_HARDWARE", nx(5, 256, from: .v10, to: .v11), nx(12, 0, from: .v12)),
    row(.nxfmfcBadTableID, "NXFMFC_BAD_TABLE_ID", nx(5, 257, from: .v10, to: .v11), nx(13, 0, from: .v12)),
    row(.nxfmfcInvalidTLVField, "NXFMFC_INVALID_TLV_FIELD", nx(1, 536, from: .v10, to: .v11), nx(37, 0, from: .v12)),
]

private let groupModFailed: [ErrorRow] = [
    row(.gmfcGroupExists, "OFPGMFC_GROUP_EXISTS", nx(6, 0, from: .v10, to: .v10), of(6, 0, from: .v11)),
    row(.gmfcInvalidGroup, "OFPGMFC_INVALID_GROUP", nx(6, 1, from: .v10, to: .v10), of(6, 1, from: .v11)),
    row(.gmfcWeightUnsupported, "OFPGMFC_WEIGHT_UNSUPPORTED", nx(6, 2, from: .v10, to: .v10), of(6, 2, from: .v11)),
    row(.gmfcOutOfGroups, "OFPGMFC_OUT_OF_GROUPS", nx(6, 3, from: .v10, to: .v10), of(6, 3, from: .v11)),
    row(.gmfcOutOfBuckets, "OFPGMFC_OUT_OF_BUCKETS", nx(6, 4, from: .v10, to: .v10), of(6, 4, from: .v11)),
    row(.gmfcChainingUnsupported, "OFPGMFC_CHAINING_UNSUPPORTED", nx(6, 5, from: .v10, to: .v10), of(6, 5, from: .v11)),
    row(.gmfcWatchUnsupported, "OFPGMFC_WATCH_UNSUPPORTED", nx(6, 6, from: .v10, to: .v10), of(6, 6, from: .v11)),
    row(.gmfcLoop, "OFPGMFC_LOOP", nx(6, 7, from: .v10, to: .v10), of(6, 7, from: .v11)),
    row(.gmfcUnknownGroup, "OFPGMFC_UNKNOWN_GROUP", nx(6, 8, from: .v10, to: .v10), of(6, 8, from: .v11)),
    row(.gmfcChainedGroup, "OFPGMFC_CHAINED_GROUP", nx(6, 9, from: .v10, to: .v10), of(6, 9, from: .v12)),
    row(.gmfcBadType, "OFPGMFC_BAD_TYPE", nx(6, 10, from: .v10, to: .v10), of(6, 10, from: .v12)),
    row(.gmfcBadCommand, "OFPGMFC_BAD_COMMAND", nx(6, 11, from: .v10, to: .v10), of(6, 11, from: .v12)),
    row(.gmfcBadBucket, "OFPGMFC_BAD_BUCKET", nx(6, 12, from: .v10, to: .v10), of(6, 12, from: .v12)),
    row(.gmfcBadWatch, "OFPGMFC_BAD_WATCH", nx(6, 13, from: .v10, to: .v10), of(6, 13, from: .v12)),
    row(.gmfcEperm, "OFPGMFC_EPERM", nx(6, 14, from: .v10, to: .v10), of(6, 14, from: .v12)),
    row(.gmfcUnknownBucket, "OFPGMFC_UNKNOWN_BUCKET", nx(6, 15, from: .v10, to: .v10), of(6, 15, from: .v15)),
    row(.gmfcBucketExists, "OFPGMFC_BUCKET_EXISTS", nx(6, 16, from: .v10, to: .v10), of(6, 16, from: .v15)),
]

private let portModFailed: [ErrorRow] = [
    row(.pmfcBadPort, "OFPPMFC_BAD_PORT", of(4, 0, from: .v10, to: .v10), of(7, 0, from: .v11)),
    row(.pmfcBadHWAddr, "OFPPMFC_BAD_HW_ADDR", of(4, 1, from: .v10, to: .v10), of(7, 1, from: .v11)),
    row(.pmfcBadConfig, "OFPPMFC_BAD_CONFIG", of(7, 2, from: .v11)),
    row(.pmfcBadAdvertise, "OFPPMFC_BAD_ADVERTISE", of(7, 3, from: .v11)),
    row(.pmfcEperm, "OFPPMFC_EPERM", of(7, 4, from: .v12)),
]

private let tableModFailed: [ErrorRow] = [
    row(.tmfcBadTable, "OFPTMFC_BAD_TABLE", of(8, 0, from: .v11)),
    row(.tmfcBadConfig, "OFPTMFC_BAD_CONFIG", of(8, 1, from: .v11)),
    row(.tmfcEperm, "OFPTMFC_EPERM", of(8, 2, from: .v12)),
]

private let queueFailed: [ErrorRow] = [
    row(.qofcBadPort, "OFPQOFC_BAD_PORT", of(5, 0, from: .v10, to: .v10), of(9, 0, from: .v11)),
    row(.qofcBadQueue, "OFPQOFC_BAD_QUEUE", of(5, 1, from: .v10, to: .v10), of(9, 1, from: .v11)),
    row(.qofcEperm, "OFPQOFC_EPERM", of(5, 2, from: .v10, to: .v10), of(9, 2, from: .v11)),
    row(.nxqofcQueueError, "NXQOFC_QUEUE_ERROR", nx(23, 0, from: .v14)),
]

private let configFailed: [ErrorRow] = [
    row(.scfcBadFlags, "OFPSCFC_BAD_FLAGS", of(10, 0, from: .v11)),
    row(.scfcBadLen, "OFPSCFC_BAD_LEN", of(10, 1, from: .v11)),
    row(.scfcEperm, "OFPSCFC_EPERM", of(10, 2, from: .v12)),
]

private let roleFailed: [ErrorRow] = [
    row(.rrfcStale, "OFPRRFC_STALE", of(11, 0, from: .v12)),
    row(.rrfcUnsup, "OFPRRFC_UNSUP", of(11, 1, from: .v12)),
    row(.rrfcBadRole, "OFPRRFC_BAD_ROLE", nx(1, 513, from: .v10, to: .v11), of(11, 2, from: .v12)),
    row(.rrfcIDUnsup, "OFPRRFC_ID_UNSUP", of(11, 3, from: .v15)),
    row(.rrfcIDInUse, "OFPRRFC_ID_IN_USE", of(11, 4, from: .v15)),
]

private let meterModFailed: [ErrorRow] = [
    row(.mmfcUnknown, "OFPMMFC_UNKNOWN", of(12, 0, from: .v13)),
    row(.mmfcMeterExists, "OFPMMFC_METER_EXISTS", of(12, 1, from: .v13)),
    row(.mmfcInvalidMeter, "OFPMMFC_INVALID_METER", of(12, 2, from: .v13)),
    row(.mmfcUnknownMeter, "OFPMMFC_UNKNOWN_METER", of(12, 3, from: .v13)),
    row(.mmfcBadCommand, "OFPMMFC_BAD_COMMAND", of(12, 4, from: .v13)),
    row(.mmfcBadFlags, "OFPMMFC_BAD_FLAGS", of(12, 5, from: .v13)),
    row(.mmfcBadRate, "OFPMMFC_BAD_RATE", of(12, 6, from: .v13)),
    row(.mmfcBadBurst, "OFPMMFC_BAD_BURST", of(12, 7, from: .v13)),
    row(.mmfcBadBand, "OFPMMFC_BAD_BAND", of(12, 8, from: .v13)),
    row(.mmfcBadBandValue, "OFPMMFC_BAD_BAND_VALUE", of(12, 9, from: .v13)),
    row(.mmfcOutOfMeters, "OFPMMFC_OUT_OF_METERS", of(12, 10, from: .v13)),
    row(.mmfcOutOfBands, "OFPMMFC_OUT_OF_BANDS", of(12, 11, from: .v13)),
]

private let tableFeaturesFailed: [ErrorRow] = [
    row(.tffcBadTable, "OFPTFFC_BAD_TABLE", of(13, 0, from: .v13)),
    row(.tffcBadMetadata, "OFPTFFC_BAD_METADATA", of(13, 1, from: .v13)),
    row(.tffcEperm, "OFPTFFC_EPERM", of(13, 5, from: .v13)),
    row(.tffcBadCapa, "OFPTFFC_BAD_CAPA", of(13, 6, from: .v15)),
    row(.tffcBadMaxEnt, "OFPTFFC_BAD_MAX_ENT", of(13, 7, from: .v15)),
    row(.tffcBadFeatures, "OFPTFFC_BAD_FEATURES", of(13, 8, from: .v15)),
    row(.tffcBadCommand, "OFPTFFC_BAD_COMMAND", of(13, 9, from: .v15)),
    row(.tffcTooMany, "OFPTFFC_TOO_MANY", of(13, 10, from: .v15)),
    row(.nxtffcDupTable, "NXTFFC_DUP_TABLE", nx(44, 0, from: .v13)),
]

private let badProperty: [ErrorRow] = [
    row(.bpcBadType, "OFPBPC_BAD_TYPE", nx(13, 2, from: .v10, to: .v11), nx(25, 0, from: .v12, to: .v12), of(13, 2, from: .v13, to: .v13), of(14, 0, from: .v14)),
    row(.bpcBadLen, "OFPBPC_BAD_LEN", nx(13, 3, from: .v10, to: .v11), nx(26, 0, from: .v12, to: .v12), of(13, 3, from: .v13, to: .v13), of(14, 1, from: .v14)),
    row(.bpcBadValue, "OFPBPC_BAD_VALUE", nx(13, 4, from: .v10, to: .v11), nx(27, 0, from: .v12, to: .v12), of(13, 4, from: .v13, to: .v13), of(14, 2, from: .v14)),
    row(.bpcTooMany, "OFPBPC_TOO_MANY", nx(14, 3, from: .v10, to: .v11), nx(28, 0, from: .v12, to: .v12), onf(4443, 0, from: .v13, to: .v13), of(14, 3, from: .v14)),
    row(.bpcDupType, "OFPBPC_DUP_TYPE", nx(14, 4, from: .v10, to: .v11), nx(29, 0, from: .v12, to: .v12), onf(4444, 0, from: .v13, to: .v13), of(14, 4, from: .v14)),
    row(.bpcBadExperimenter, "OFPBPC_BAD_EXPERIMENTER", nx(14, 5, from: .v10, to: .v11), nx(30, 0, from: .v12, to: .v12), onf(4445, 0, from: .v13, to: .v13), of(14, 5, from: .v14)),
    row(.bpcBadExpType, "OFPBPC_BAD_EXP_TYPE", nx(14, 6, from: .v10, to: .v11), nx(31, 0, from: .v12, to: .v12), onf(4446, 0, from: .v13, to: .v13), of(14, 6, from: .v14)),
    row(.bpcBadExpValue, "OFPBPC_BAD_EXP_VALUE", nx(14, 7, from: .v10, to: .v11), nx(32, 0, from: .v12, to: .v12), onf(4447, 0, from: .v13, to: .v13), of(14, 7, from: .v14)),
    row(.bpcEperm, "OFPBPC_EPERM", nx(14, 8, from: .v10, to: .v11), nx(33, 0, from: .v12, to: .v12), onf(4448, 0, from: .v13, to: .v13), of(14, 8, from: .v14)),
]

private let asyncFailed: [ErrorRow] = [
    row(.acfcInvalid, "OFPACFC_INVALID", onf(2370, 0, from: .v13, to: .v13), of(15, 0, from: .v14)),
    row(.acfcUnsupported, "OFPACFC_UNSUPPORTED", onf(2371, 0, from: .v13, to: .v13), of(15, 1, from: .v14)),
    row(.acfcEperm, "OFPACFC_EPERM", onf(2372, 0, from: .v13, to: .v13), of(15, 2, from: .v14)),
]

private let monitorFailed: [ErrorRow] = [
    row(.mofcUnknown, "OFPMOFC_UNKNOWN", of(16, 0, from: .v14)),
    row(.mofcMonitorExists, "OFPMOFC_MONITOR_EXISTS", nx(1, 517, from: .v10, to: .v11), nx(6, 0, from: .v12, to: .v13), of(16, 1, from: .v14)),
    row(.mofcInvalidMonitor, "OFPMOFC_INVALID_MONITOR", of(16, 2, from: .v14)),
    row(.mofcUnknownMonitor, "OFPMOFC_UNKNOWN_MONITOR", nx(1, 519, from: .v10, to: .v11), nx(8, 0, from: .v12, to: .v13), of(16, 3, from: .v14)),
    row(.mofcBadCommand, "OFPMOFC_BAD_COMMAND", of(16, 4, from: .v14)),
    row(.mofcBadFlags, "OFPMOFC_BAD_FLAGS", nx(1, 518, from: .v10, to: .v11), nx(7, 0, from: .v12, to: .v13), of(16, 5, from: .v14)),
    row(.mofcBadTableID, "OFPMOFC_BAD_TABLE_ID", of(16, 6, from: .v14)),
    row(.mofcBadOut, "OFPMOFC_BAD_OUT", of(16, 7, from: .v14)),
]

private let bundleFailed: [ErrorRow] = [
    row(.bfcUnknown, "OFPBFC_UNKNOWN", onf(2300, 0, from: .v13, to: .v13), of(17, 0, from: .v14)),
    row(.bfcEperm, "OFPBFC_EPERM", onf(2301, 0, from: .v13, to: .v13), of(17, 1, from: .v14)),
    row(.bfcBadID, "OFPBFC_BAD_ID", onf(2302, 0, from: .v13, to: .v13), of(17, 2, from: .v14)),
    row(.bfcBundleExist, "OFPBFC_BUNDLE_EXIST", onf(2303, 0, from: .v13, to: .v13), of(17, 3, from: .v14)),
    row(.bfcBundleClosed, "OFPBFC_BUNDLE_CLOSED", onf(2304, 0, from: .v13, to: .v13), of(17, 4, from: .v14)),
    row(.bfcOutOfBundles, "OFPBFC_OUT_OF_BUNDLES", onf(2305, 0, from: .v13, to: .v13), of(17, 5, from: .v14)),
    row(.bfcBadType, "OFPBFC_BAD_TYPE", onf(2306, 0, from: .v13, to: .v13), of(17, 6, from: .v14)),
    row(.bfcBadFlags, "OFPBFC_BAD_FLAGS", onf(2307, 0, from: .v13, to: .v13), of(17, 7, from: .v14)),
    row(.bfcMsgBadLen, "OFPBFC_MSG_BAD_LEN", onf(2308, 0, from: .v13, to: .v13), of(17, 8, from: .v14)),
    row(.bfcMsgBadXID, "OFPBFC_MSG_BAD_XID", onf(2309, 0, from: .v13, to: .v13), of(17, 9, from: .v14)),
    row(.bfcMsgUnsup, "OFPBFC_MSG_UNSUP", onf(2310, 0, from: .v13, to: .v13), of(17, 10, from: .v14)),
    row(.bfcMsgConflict, "OFPBFC_MSG_CONFLICT", onf(2311, 0, from: .v13, to: .v13), of(17, 11, from: .v14)),
    row(.bfcMsgTooMany, "OFPBFC_MSG_TOO_MANY", onf(2312, 0, from: .v13, to: .v13), of(17, 12, from: .v14)),
    row(.bfcMsgFailed, "OFPBFC_MSG_FAILED", onf(2313, 0, from: .v13, to: .v13), of(17, 13, from: .v14)),
    row(.bfcTimeout, "OFPBFC_TIMEOUT", onf(2314, 0, from: .v13, to: .v13), of(17, 14, from: .v14)),
    row(.bfcBundleInProgress, "OFPBFC_BUNDLE_IN_PROGRESS", onf(2315, 0, from: .v13, to: .v13), of(17, 15, from: .v14)),
    row(.bfcSchedNotSupported, "OFPBFC_SCHED_NOT_SUPPORTED", of(17, 16, from: .v15)),
    row(.bfcSchedFuture, "OFPBFC_SCHED_FUTURE", of(17, 17, from: .v15)),
    row(.bfcSchedPast, "OFPBFC_SCHED_PAST", of(17, 18, from: .v15)),
    row(.bfcBadVersion, "OFPBFC_BAD_VERSION", nx(22, 0, from: .v14)),
]

private let tlvTableFailed: [ErrorRow] = [
    row(.nxttmfcBadCommand, "NXTTMFC_BAD_COMMAND", nx(1, 527, from: .v10, to: .v11), nx(16, 0, from: .v12)),
    row(.nxttmfcBadOptLen, "NXTTMFC_BAD_OPT_LEN", nx(1, 528, from: .v10, to: .v11), nx(17, 0, from: .v12)),
    row(.nxttmfcBadFieldIdx, "NXTTMFC_BAD_FIELD_IDX", nx(1, 529, from: .v10, to: .v11), nx(18, 0, from: .v12)),
    row(.nxttmfcTableFull, "NXTTMFC_TABLE_FULL", nx(1, 530, from: .v10, to: .v11), nx(19, 0, from: .v12)),
    row(.nxttmfcAlreadyMapped, "NXTTMFC_ALREADY_MAPPED", nx(1, 531, from: .v10, to: .v11), nx(20, 0, from: .v12)),
    row(.nxttmfcDupEntry, "NXTTMFC_DUP_ENTRY", nx(1, 532, from: .v10, to: .v11), nx(21, 0, from: .v12)),
    row(.nxttmfcInvalidTLVDel, "NXTTMFC_INVALID_TLV_DEL", nx(1, 537, from: .v10, to: .v11), nx(38, 0, from: .v12)),
]

private let extensionFailed: [ErrorRow] = [
    row(.nxrNotSupported, "NXR_NOT_SUPPORTED", nx(1, 533, from: .v10, to: .v11), nx(34, 0, from: .v12)),
    row(.nxrStale, "NXR_STALE", nx(1, 534, from: .v10, to: .v11), nx(35, 0, from: .v12)),
    row(.nxstNotConfigured, "NXST_NOT_CONFIGURED", nx(1, 535, from: .v10, to: .v11), nx(36, 0, from: .v12)),
]
