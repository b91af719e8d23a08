import TestSupport
import Testing

@testable import Dish

@Suite struct DescriptorTests {
  @Test func whatIsToldIsUnderstood() throws {
    let told = try Schema(fileDescriptors: [TerminalAPI.fileDescriptor])
    let own = TerminalAPI.schema
    #expect(Set(told.messages.keys) == Set(own.messages.keys))
    for (name, message) in own.messages {
      #expect(told.messages[name]?.fields == message.fields, "\(name)")
    }
    for (name, enumeration) in own.enumerations {
      #expect(told.enumerations[name]?.names == enumeration.names, "\(name)")
    }
    #expect(
      told.services["SpaceX.API.Device.Device"]?.methods == [
        .init("Handle", input: "SpaceX.API.Device.Request", output: "SpaceX.API.Device.Response")
      ])
    let (name, dependencies) = try Schema.dependencies(of: TerminalAPI.fileDescriptor)
    #expect(name == "spacex/api/device/device.proto" && dependencies.isEmpty)
  }

  @Test func causesHaveTheTerminalsNames() {
    let names = TerminalAPI.schema.enumerations["SpaceX.API.Device.DishOutage.Cause"]?.names
    #expect(
      names == [
        0: "UNKNOWN", 1: "BOOTING", 2: "STOWED", 3: "THERMAL_SHUTDOWN", 4: "NO_SCHEDULE",
        5: "NO_SATS", 6: "OBSTRUCTED", 7: "NO_DOWNLINK", 8: "NO_PINGS", 9: "ACTUATOR_ACTIVITY",
        10: "CABLE_TEST", 11: "SLEEPING",
      ])
  }

  @Test func damagedDescriptorsNeverCrash() {
    var random = Seeded(3)
    let good = TerminalAPI.fileDescriptor
    var usable = 0
    for _ in 0..<1_000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        bytes[index] = UInt8.random(in: 0...255, using: &random)
      }
      if Bool.random(using: &random) {
        bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
      }
      guard let api = try? DiscoveredAPI(fileDescriptors: [bytes]) else { continue }
      usable += 1
      // Whatever it now says, questions and answers can be made and read under it.
      _ = api.request("get_status")
      _ = try? api.schema.decode(
        TerminalState.seen(seconds: 3).status.encoded(), as: api.response)
    }
    #expect(usable > 10)
  }

  /// Numbers that no tag can hold would trap where a message is written.
  @Test(arguments: [-1, 0, Int(Int32.min), 0x2000_0000])
  func fieldsWithImpossibleNumbersAreLeftOut(number: Int) throws {
    let schema = Schema(messages: [
      Schema.Message(
        "p.A",
        [
          Schema.Field(number, "bad", .int32), Schema.Field(0x1FFF_FFFF, "last", .int32),
          Schema.Field(1, "first", .int32),
        ])
    ])
    let told = try Schema(
      fileDescriptors: [schema.fileDescriptor(named: "a.proto", package: "p")])
    var message = try DynamicMessage("p.A", in: told)
    for name in ["bad", "last", "first"] { message[name] = .integer(7) }
    #expect(!message.defines("bad") && message.defines("last"))
    let read = try told.decode(message.encoded(), as: "p.A")
    #expect(read.integer("first") == 7 && read.integer("last") == 7)
  }

  @Test func aFileWithoutTheServiceIsNoTerminals() {
    #expect(throws: DiscoveryError.self) { try DiscoveredAPI(fileDescriptors: []) }
    let empty = Schema().fileDescriptor(named: "a.proto", package: "a")
    #expect(throws: DiscoveryError.self) { try DiscoveredAPI(fileDescriptors: [empty]) }
  }

  /// A definition that holds itself, or what nobody defines, is only a field that can't be read.
  @Test func circularAndMissingTypesAreHarmless() throws {
    let schema = Schema(messages: [
      Schema.Message(
        "p.A",
        [
          Schema.Field(1, "self", .message, of: "p.A"),
          Schema.Field(2, "gone", .message, of: "p.Nothing"), Schema.Field(3, "n", .int32),
        ])
    ])
    let told = try Schema(
      fileDescriptors: [schema.fileDescriptor(named: "a.proto", package: "p")])
    let message = try told.decode([0x0A, 0x02, 0x18, 0x05, 0x12, 0x00, 0x18, 0x07], as: "p.A")
    #expect(message.integer("n") == 7 && message.message("self")?.integer("n") == 5)
    #expect(message.message("gone") == nil)
  }
}
