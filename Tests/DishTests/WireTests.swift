import TestSupport
import Testing

@testable import Dish

@Suite struct WireTests {
  private static let schema = Schema(
    messages: [
      Schema.Message(
        "T",
        [
          Schema.Field(1, "a", .int32), Schema.Field(2, "b", .string),
          Schema.Field(3, "c", .message, of: "T"),
          Schema.Field(4, "d", .int32, repeated: true), Schema.Field(5, "e", .sint64),
          Schema.Field(6, "f", .double), Schema.Field(7, "g", .float, repeated: true),
          Schema.Field(8, "h", .bool), Schema.Field(9, "i", .uint64),
          Schema.Field(10, "j", .enumeration, of: "E"), Schema.Field(11, "k", .fixed32),
          Schema.Field(12, "l", .sfixed64), Schema.Field(13, "m", .bytes),
          Schema.Field(14, "n", .message, of: "T", repeated: true),
          Schema.Field(15, "o", .int32, oneof: "choice"), Schema.Field(16, "p", .sint32),
          Schema.Field(17, "q", .fixed64), Schema.Field(18, "r", .sfixed32),
          Schema.Field(19, "s", .int64), Schema.Field(20, "t", .uint32),
        ])
    ], enumerations: [Schema.Enumeration("E", [(0, "NONE"), (2, "SOME")])])

  private func decode(_ bytes: [UInt8]) throws(WireError) -> DynamicMessage {
    try Self.schema.decode(bytes, as: "T")
  }

  /// The examples of protobuf.dev, "Encoding".
  @Test func theEncodingGuidesExamples() throws {
    #expect(try decode([0x08, 0x96, 0x01]).integer("a") == 150)
    #expect(
      try decode([0x12, 0x07] + Array("testing".utf8)).text("b") == "testing")
    #expect(try decode([0x1A, 0x03, 0x08, 0x96, 0x01]).message("c")?.integer("a") == 150)
    let minusTwo: [UInt8] = [0x08, 0xFE] + [UInt8](repeating: 0xFF, count: 8) + [0x01]
    #expect(try decode(minusTwo).integer("a") == -2)
    // Packed, and one by one.
    #expect(
      try decode([0x22, 0x06, 0x03, 0x8E, 0x02, 0x9E, 0xA7, 0x05]).numbers("d") == [3, 270, 86942])
    #expect(try decode([0x20, 0x03, 0x20, 0x8E, 0x02]).numbers("d") == [3, 270])
    for (bits, value) in [(0, 0), (1, -1), (2, 1), (3, -2)] {
      #expect(try decode([0x28, UInt8(bits)]).integer("e") == value)
    }
  }

  @Test func whatIsNotThereHasItsDefaultOrNone() throws {
    let message = try decode([])
    #expect(message.integer("a") == 0 && message.text("b") == "" && message.flag("h") == false)
    #expect(message.message("c") == nil && message.integer("o") == nil)
    #expect(message.numbers("d") == [] && message.number("nothing of that name") == nil)
    #expect(message.enumerationName("j") == "NONE")
    #expect(try decode([0x50, 0x02]).enumerationName("j") == "SOME")
    #expect(try decode([0x50, 0x07]).enumerationName("j") == "7")
    #expect(try decode([0x78, 0x00]).integer("o") == 0)
  }

  @Test func unknownFieldsGroupsAndOtherWireTypesArePassedOver() throws {
    // Field 99 of each wire type, a group of a group, then a = 1.
    let bytes: [UInt8] =
      [0x98, 0x06, 0x05] + [0x99, 0x06] + [UInt8](repeating: 7, count: 8)
      + [0x9A, 0x06, 0x02, 0, 0] + [0x9D, 0x06, 0, 0, 0, 0] + [0x9B, 0x06, 0x0B, 0x0C, 0x9C, 0x06]
      + [0x08, 0x01]
    #expect(try decode(bytes).integer("a") == 1)
    // `a` as a text, `b` as a number.
    let confused = try decode([0x0A, 0x01, 0x41, 0x10, 0x05])
    #expect(confused.integer("a") == 0 && confused.text("b") == "")
  }

  @Test(arguments: [
    ([0x08], WireError.truncated), ([0x12, 0x05, 0x41], .truncated), ([0x31, 1, 2], .truncated),
    ([0x08] + [UInt8](repeating: 0xFF, count: 11), .overlongInteger),
    ([0x00], .badFieldNumber(0)), ([0x0E], .badWireType(6)), ([0x0F], .badWireType(7)),
    ([0x0C], .unbalancedGroup), ([0x0B, 0x14], .unbalancedGroup), ([0x0B], .truncated),
  ])
  func whatIsNoMessageIsRefused(bytes: [UInt8], error: WireError) {
    #expect(throws: error) { try decode(bytes) }
  }

  @Test func depthAndNumbersAreLimited() throws {
    var nested: [UInt8] = []
    for _ in 0..<31 { nested = [0x1A] + length(nested) + nested }
    #expect(try decode(nested).message("c") != nil)
    nested = [0x1A] + length(nested) + nested
    #expect(throws: WireError.tooDeep(limit: 32)) { try decode(nested) }
    let groups = [UInt8](repeating: 0x0B, count: 10_000)
    #expect(throws: WireError.tooDeep(limit: 32)) { try decode(groups) }

    // Two bytes make a message, one a number: what is decoded is limited, not only what arrives.
    let many = (0..<30_000).flatMap { _ in [0x72, 0x00] as [UInt8] }
    #expect(throws: WireError.tooManyValues(limit: 20_000)) { try decode(many) }
    let packed = [UInt8](repeating: 1, count: 600_000)
    #expect(throws: WireError.tooManyValues(limit: 500_000)) {
      try decode([0x22] + length(packed) + packed)
    }
  }

  @Test func whatIsWrittenIsRead() throws {
    var random = Seeded(1)
    for _ in 0..<300 {
      let message = try Self.random(depth: 0, &random)
      let again = try decode(message.encoded())
      #expect(again.encoded() == message.encoded())
      #expect(again.integer("e") == message.integer("e"))
      #expect(again.numbers("d") == message.numbers("d"))
      #expect(again.messages("n").count == message.messages("n").count)
    }
  }

  private static func random(depth: Int, _ random: inout Seeded) throws -> DynamicMessage {
    var message = try DynamicMessage("T", in: schema)
    for field in schema.messages["T"]?.fields ?? [] where Bool.random(using: &random) {
      let count = field.isRepeated ? Int.random(in: 0...5, using: &random) : 1
      message[all: field.name] = try (0..<count).compactMap { _ in
        let bits = random.next()
        let small = Int64(Int32(truncatingIfNeeded: bits))
        switch field.kind {
        case .int32, .sint32, .sfixed32, .enumeration: return .integer(small)
        case .int64, .sint64, .sfixed64: return .integer(Int64(bitPattern: bits))
        case .uint64, .fixed64: return .unsigned(bits)
        case .uint32, .fixed32: return .unsigned(bits & 0xFFFF_FFFF)
        case .double: return .real(Double(small) / 7)
        case .float: return .real(Double(Float(small)))
        case .bool: return .flag(bits & 1 == 0)
        case .string: return .text("\(bits) ü")
        case .bytes: return .bytes([1, UInt8(truncatingIfNeeded: bits)])
        case .message: return depth > 2 ? nil : .message(try Self.random(depth: depth + 1, &random))
        case .group: return nil
        }
      }
    }
    return message
  }

  @Test func arbitraryBytesNeverCrash() throws {
    var random = Seeded(2)
    let good = try Self.random(depth: 0, &random).encoded()
    var accepted = 0
    for round in 0..<20_000 {
      var bytes =
        round % 2 == 0
        ? good
        : (0..<Int.random(in: 0...60, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        }
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...2, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: index)
        default: bytes.insert(bytes[index], at: index)
        }
      }
      if let message = try? decode(bytes) {
        accepted += 1
        // What was taken in can be written, and read again as the same.
        let written = message.encoded()
        #expect(try decode(written).encoded() == written)
      }
    }
    #expect(accepted > 100)
  }

  private func length(_ bytes: [UInt8]) -> [UInt8] {
    var writer = WireWriter()
    writer.varint(UInt64(bytes.count))
    return writer.bytes
  }
}
