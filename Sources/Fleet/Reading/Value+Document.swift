extension Value {
  /// The root of a YAML text; `nil` where it is empty or no YAML. What is wrong with the text itself goes
  /// to `log`.
  package init?(document yaml: String, log: ProblemLog) {
    let document = YAMLDocument(yaml)
    for flaw in document.flaws {
      log.add(flaw.message, cure: flaw.cure, at: flaw.place, path: "")
    }
    guard let root = document.root, !root.isNull else { return nil }
    self.init(node: root, path: "", log: log)
  }
}
