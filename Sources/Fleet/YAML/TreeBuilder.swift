import Yams

/// Turns a composed document into a tree with places, following aliases within a budget.
struct TreeBuilder {
  private let masked: MaskedText
  private var anchors: [String: (node: YAMLNode, size: Int)] = [:]
  private var nodeCount = 0
  /// Duplicate keys and other mistakes that leave the rest of the tree readable.
  private(set) var flaws: [YAMLDocument.Flaw] = []

  init(masked: MaskedText) { self.masked = masked }

  /// The tree under `node`; throws where the tree is too large or an alias leads nowhere.
  mutating func build(_ node: Node, depth: Int) throws -> YAMLNode {
    let place = node.mark.map(Place.init) ?? .start
    let before = nodeCount
    try spend(1, place: place)
    if depth > YAMLDocument.depthLimit {
      throw YAMLDocument.Flaw(
        place: place, message: "values are nested more than \(YAMLDocument.depthLimit) deep",
        cure: "Write the manifest flatter; no key of a fleet is nested so deep.")
    }
    checkTag(node, place: place)
    let built: YAMLNode
    switch node {
    case .scalar(let scalar):
      if let target = try aliasTarget(scalar, place: place) { return target }
      built = YAMLNode(
        place: place,
        content: .scalar(masked.unmasked(scalar.string), isPlain: scalar.style == .plain))
    case .sequence(let nodes):
      built = YAMLNode(
        place: place, content: .sequence(try nodes.map { try build($0, depth: depth + 1) }))
    case .mapping(let pairs):
      built = YAMLNode(
        place: place, content: .mapping(try entries(of: pairs, depth: depth + 1)))
    case .alias:
      throw YAMLDocument.Flaw(
        place: place, message: "an alias cannot stand here", cure: "Write the value out.")
    }
    if let anchor = node.anchor {
      anchors[anchor.rawValue] = (node: built, size: nodeCount - before)
    }
    return built
  }

  private mutating func spend(_ count: Int, place: Place) throws {
    nodeCount += count
    if nodeCount > YAMLDocument.nodeLimit {
      throw YAMLDocument.Flaw(
        place: place,
        message: "the manifest has more than \(YAMLDocument.nodeLimit) values, aliases followed",
        cure: "Use fewer aliases, or put long lists of satellites into an element file.")
    }
  }

  private mutating func checkTag(_ node: Node, place: Place) {
    let name: String
    switch node {
    case .scalar(let scalar): name = scalar.tag.rawValue
    case .sequence(let sequence): name = sequence.tag.rawValue
    case .mapping(let mapping): name = mapping.tag.rawValue
    case .alias: return
    }
    guard !name.isEmpty, name != "!", !name.hasPrefix("tag:yaml.org,2002:") else { return }
    flaws.append(
      YAMLDocument.Flaw(
        place: place, message: "the tag \(masked.unmasked(name)) means nothing in a manifest",
        cure: "Delete the tag; a value's meaning follows from its key."))
  }

  /// What an alias stands for, at the alias's place; `nil` where `scalar` is no alias.
  private mutating func aliasTarget(_ scalar: Node.Scalar, place: Place) throws -> YAMLNode? {
    guard scalar.style == .plain, scalar.string.unicodeScalars.first == MaskedText.alias else {
      return nil
    }
    let name = String(scalar.string.unicodeScalars.dropFirst())
    if let (node, size) = anchors[name] {
      try spend(size, place: place)
      return YAMLNode(place: place, content: node.content)
    }
    throw YAMLDocument.Flaw(
      place: place, message: "there is no anchor &\(masked.unmasked(name)) before this alias",
      cure: Suggestion.cure(
        for: name, among: anchors.keys.sorted(), otherwise: "Define it above, as &\(name)."))
  }

  private mutating func entries(of pairs: Node.Mapping, depth: Int) throws
    -> [YAMLNode.Entry]
  {
    var entries: [YAMLNode.Entry] = []
    var firstPlaces: [String: Place] = [:]
    for (keyNode, valueNode) in pairs {
      let place = keyNode.mark.map(Place.init) ?? .start
      let value = try build(valueNode, depth: depth)
      guard case .scalar(let scalar) = keyNode else {
        flaws.append(
          YAMLDocument.Flaw(
            place: place, message: "a key is a list or a mapping", cure: "Write a word as the key.")
        )
        continue
      }
      let key = masked.key(scalar.string, at: place)
      if let first = firstPlaces[key] {
        flaws.append(
          YAMLDocument.Flaw(
            place: place, message: "the key `\(key)` is already given on line \(first.line)",
            cure: "Keep one of the two."))
        continue
      }
      firstPlaces[key] = place
      entries.append(YAMLNode.Entry(key: key, keyPlace: place, value: value))
    }
    return entries
  }
}
