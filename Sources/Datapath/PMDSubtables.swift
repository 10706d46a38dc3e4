import CDPDK
import Flow

// A PMD's subtables come and go, and change places by how often they are hit. Each of these costs the same however many subtables there are.

@_noLocks @inline(__always) func portPlace(_ inPort: UInt32) -> Int { Int(inPort) < Limits.ports ? Int(inPort) : Limits.ports }

@_noLocks func addFilter(_ pmd: UnsafeMutablePointer<PMD>, _ command: UnsafeMutablePointer<PMDCommand>) {
    guard let filter = unsafe command.pointee.pointer?.assumingMemoryBound(to: SubtableFilter.self) else { return }
    let port = unsafe pmd.pointee.portSubtables + portPlace(command.pointee.slot)
    unsafe filter.pointee.next = port.pointee.filter
    unsafe port.pointee.filter = filter
}

@_noLocks func removeFilter(_ pmd: UnsafeMutablePointer<PMD>, _ command: UnsafeMutablePointer<PMDCommand>) {
    guard let filter = unsafe command.pointee.pointer?.assumingMemoryBound(to: SubtableFilter.self) else { return }
    let port = unsafe pmd.pointee.portSubtables + portPlace(command.pointee.slot)
    if unsafe port.pointee.filter == filter {
        unsafe port.pointee.filter = filter.pointee.next
    } else {
        var before = unsafe port.pointee.filter
        while let current = unsafe before, unsafe current.pointee.next != filter { unsafe before = current.pointee.next }
        unsafe before?.pointee.next = filter.pointee.next
    }
    unsafe answerFree(pmd, command.pointee.pointer)
}

@_noLocks func addSubtable(_ pmd: UnsafeMutablePointer<PMD>, _ command: UnsafeMutablePointer<PMDCommand>) {
    guard let memory = unsafe command.pointee.pointer else { return }
    let number = unsafe command.pointee.slot
    let subtable = unsafe pmd.pointee.subtables + Int(number)
    unsafe subtable.pointee = memory.load(as: DPSubtable.self)
    if let filter = unsafe subtable.pointee.filter {
        unsafe filter.open(subtable.pointee.place, number: number, mask: subtable.pointee.mask, lines: subtable.pointee.lines)
    } else {
        unsafe list(pmd, number)
    }
    unsafe answerFree(pmd, memory)
}

/// Puts a subtable at the end of its in_port's list, of the cold ones if it is cold.
@_noLocks func list(_ pmd: UnsafeMutablePointer<PMD>, _ number: UInt32) {
    let subtables = unsafe pmd.pointee.subtables, subtable = unsafe subtables + Int(number)
    unsafe subtable.pointee.next = DPSubtable.none
    var last = unsafe pmd.pointee.portSubtables[portPlace(subtable.pointee.inPort)][cold: subtable.pointee.isCold]
    if last == DPSubtable.none {
        unsafe pmd.pointee.portSubtables[portPlace(subtable.pointee.inPort)][cold: subtable.pointee.isCold] = number
    } else {
        while unsafe subtables[Int(last)].next != DPSubtable.none { last = unsafe subtables[Int(last)].next }
        unsafe subtables[Int(last)].next = number
    }
}

/// Takes a subtable out of the list that it is in.
@_noLocks func unlist(_ pmd: UnsafeMutablePointer<PMD>, _ number: UInt32) {
    let subtables = unsafe pmd.pointee.subtables, subtable = unsafe subtables + Int(number)
    let next = unsafe subtable.pointee.next
    var current = unsafe pmd.pointee.portSubtables[portPlace(subtable.pointee.inPort)][cold: subtable.pointee.isCold], previous = DPSubtable.none
    while current != DPSubtable.none && current != number {
        previous = current
        current = unsafe subtables[Int(current)].next
    }
    if previous == DPSubtable.none {
        unsafe pmd.pointee.portSubtables[portPlace(subtable.pointee.inPort)][cold: subtable.pointee.isCold] = next
    } else {
        unsafe subtables[Int(previous)].next = next
    }
}

/// A subtable of a filter has been hit; one that is hit often moves to the list.
@_noLocks @inline(__always) func noteHit(_ pmd: UnsafeMutablePointer<PMD>, _ subtable: UnsafeMutablePointer<DPSubtable>, _ filter: UnsafeMutablePointer<SubtableFilter>) {
    if unsafe subtable.pointee.second != pmd.pointee.second {
        unsafe subtable.pointee.second = pmd.pointee.second
        unsafe subtable.pointee.hits = 0
    }
    unsafe subtable.pointee.hits &+= 1
    let port = unsafe pmd.pointee.portSubtables + portPlace(subtable.pointee.inPort)
    if unsafe subtable.pointee.hits < port.pointee.promotionHits || port.pointee.promoted >= UInt32(Limits.promotedSubtables) { return }
    unsafe port.pointee.promoted += 1
    unsafe subtable.pointee.isPromoted = true
    unsafe filter.setActive(subtable.pointee.place, false)
    unsafe list(pmd, filter.pointee.numbers[Int(subtable.pointee.place)])
}

/// A promoted subtable goes back to its filter.
@_noLocks func demote(_ pmd: UnsafeMutablePointer<PMD>, _ number: UInt32) {
    let subtable = unsafe pmd.pointee.subtables + Int(number)
    unsafe unlist(pmd, number)
    unsafe subtable.pointee.isPromoted = false
    unsafe pmd.pointee.portSubtables[portPlace(subtable.pointee.inPort)].promoted -= 1
    unsafe subtable.pointee.filter?.setActive(subtable.pointee.place, true)
}

@_noLocks func setTable(_ pmd: UnsafeMutablePointer<PMD>, _ command: UnsafeMutablePointer<PMDCommand>) {
    guard let memory = unsafe command.pointee.pointer else { return }
    let subtable = unsafe pmd.pointee.subtables + Int(command.pointee.slot)
    // The memory that brought the new table takes the old one back.
    let old = unsafe subtable.pointee.table
    unsafe subtable.pointee.table = memory.load(as: TupleTable.self)
    unsafe memory.storeBytes(of: old, as: TupleTable.self)
    var reply = PMDReply(.freeTable)
    unsafe reply.pointer = memory
    unsafe answer(pmd, reply)
}

@_noLocks func removeSubtable(_ pmd: UnsafeMutablePointer<PMD>, _ command: UnsafeMutablePointer<PMDCommand>) {
    let number = unsafe command.pointee.slot
    let subtable = unsafe pmd.pointee.subtables + Int(number)
    if unsafe subtable.pointee.isPromoted { unsafe demote(pmd, number) }
    if let filter = unsafe subtable.pointee.filter { unsafe filter.setActive(subtable.pointee.place, false) } else { unsafe unlist(pmd, number) }
    var reply = PMDReply(.freeTable)
    if let memory = unsafe command.pointee.pointer {
        unsafe memory.storeBytes(of: subtable.pointee.table, as: TupleTable.self)
        unsafe reply.pointer = memory
        unsafe answer(pmd, reply)
    }
    unsafe answerFree(pmd, UnsafeMutableRawPointer(mutating: subtable.pointee.mask))
}

/// Subtables that were not hit often leave the list that is walked first, and cold ones that were come back; of the others those that were hit more often move nearer to the
/// front, by one step.
@_noLocks func rankSubtables(_ pmd: UnsafeMutablePointer<PMD>) {
    unsafe pmd.pointee.lastRanking = pmd.pointee.now
    unsafe pmd.pointee.second &+= 1
    for number in 0...Limits.ports {
        let port = unsafe pmd.pointee.portSubtables + number
        unsafe port.pointee.promotionHits = max(Limits.promotionHits, port.pointee.hits / Limits.promotionShare)
        unsafe port.pointee.hits = 0
        if unsafe port.pointee.firstCold != DPSubtable.none { unsafe warm(pmd, port) }
        if unsafe port.pointee.first == DPSubtable.none { continue }
        unsafe demoteCold(pmd, port)
        unsafe rankList(pmd, port)
    }
}

/// Cold subtables that were hit often, or that have no filter before them any more, go to the list that is walked first.
@_noLocks func warm(_ pmd: UnsafeMutablePointer<PMD>, _ port: UnsafeMutablePointer<PortSubtables>) {
    let isFirst = unsafe port.pointee.filter == nil
    var current = unsafe port.pointee.firstCold
    while current != DPSubtable.none {
        let subtable = unsafe pmd.pointee.subtables + Int(current)
        let next = unsafe subtable.pointee.next
        if unsafe isFirst || subtable.pointee.hits >= port.pointee.promotionHits { unsafe move(pmd, current, isCold: false) } else { unsafe subtable.pointee.hits = 0 }
        current = next
    }
}

@_noLocks func demoteCold(_ pmd: UnsafeMutablePointer<PMD>, _ port: UnsafeMutablePointer<PortSubtables>) {
    let hasFilter = unsafe port.pointee.filter != nil
    var current = unsafe port.pointee.first
    while current != DPSubtable.none {
        let subtable = unsafe pmd.pointee.subtables + Int(current)
        let next = unsafe subtable.pointee.next
        if unsafe subtable.pointee.hits < port.pointee.promotionHits {
            if unsafe subtable.pointee.isPromoted { unsafe demote(pmd, current) } else if hasFilter { unsafe move(pmd, current, isCold: true) }
        }
        current = next
    }
}

/// Moves a subtable without a place in a filter to the end of the other list.
@_noLocks func move(_ pmd: UnsafeMutablePointer<PMD>, _ number: UInt32, isCold: Bool) {
    unsafe unlist(pmd, number)
    unsafe pmd.pointee.subtables[Int(number)].isCold = isCold
    unsafe list(pmd, number)
}

@_noLocks func rankList(_ pmd: UnsafeMutablePointer<PMD>, _ port: UnsafeMutablePointer<PortSubtables>) {
    let subtables = unsafe pmd.pointee.subtables
    var previous = DPSubtable.none
    var current = unsafe port.pointee.first
    while current != DPSubtable.none {
        let next = unsafe subtables[Int(current)].next
        if unsafe next != DPSubtable.none && subtables[Int(next)].hits > subtables[Int(current)].hits {
            // The two change places; the lesser one may travel on towards the end.
            unsafe subtables[Int(current)].next = subtables[Int(next)].next
            unsafe subtables[Int(next)].next = current
            if previous == DPSubtable.none { unsafe port.pointee.first = next } else { unsafe subtables[Int(previous)].next = next }
            unsafe subtables[Int(next)].hits = 0
            previous = next
        } else {
            unsafe subtables[Int(current)].hits = 0
            previous = current
            current = next
        }
    }
}
