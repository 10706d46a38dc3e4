public struct MultipartWriter {
  public init?(header h: OFHeader, kind m: MessageKind) {}
  public mutating func append(_ s: FlowStats) -> [UInt8]? { nil }
  public mutating func append(_ s: TableFeatures) -> [UInt8]? { nil }
  public mutating func append(_ s: FlowUpdate) -> [UInt8]? { nil }
  public mutating func finish() -> [UInt8] { [] }
}
