import Foundation
import Testing

@testable import Models

@Suite("The catalogue of models")
struct ModelCatalogueTests {
  @Test("finds each model by its name")
  func finds() throws {
    for model in ModelCatalogue.standard.models {
      #expect(try ModelCatalogue.standard.model(named: model.name) == model)
      #expect(model.sha256.count == 64)
      #expect(model.sha256.allSatisfy { $0.isHexDigit && !$0.isUppercase })
    }
  }

  @Test("an unknown name is an error that lists the known ones")
  func unknown() {
    let expected = ModelError.unknownModel(name: "gpt-9", known: ["smollm2-135m-instruct"])
    #expect(throws: expected) { try ModelCatalogue.standard.model(named: "gpt-9") }
    #expect(expected.description.contains("gpt-9"))
    #expect(expected.description.contains("smollm2-135m-instruct"))
  }

  @Test("pins the versions that requirements/models.txt installs")
  func requirements() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../requirements/models.txt")
    let text = try String(contentsOf: file, encoding: .utf8)
    for model in ModelCatalogue.standard.models {
      #expect(text.contains(model.engine.requirement))
      #expect(text.contains(model.weights.requirement))
    }
  }
}
