import Testing
import Wire
@testable import Flow

@Suite struct FlowKeyLayoutTests {
    @Test func everyLineHas64Bytes() {
        #expect(MemoryLayout<FlowLine0>.size == 64)
        #expect(MemoryLayout<FlowLine1>.size == 64)
        #expect(MemoryLayout<FlowLine2>.size == 64)
        #expect(MemoryLayout<FlowLine3>.size == 64)
        #expect(MemoryLayout<FlowLine4>.size == 64)
        #expect(MemoryLayout<FlowLine5>.size == 64)
        #expect(MemoryLayout<FlowLine11>.size == 64)
        #expect(MemoryLayout<FlowKey>.size == 768)
        #expect(MemoryLayout<FlowKey>.stride == 768)
    }
}
