import Foundation
import Glibc

/// The Python program that turns a process into a llama.cpp HTTP server.
///
/// It travels inside the binary and reaches the interpreter through standard input, so that a binary
/// that is moved needs no file beside it.
struct ModelLauncher: Encodable, Sendable, Hashable {
  /// The GGUF's path.
  let weights: String
  /// The model's name in `/v1/models`.
  let alias: String
  /// The port on 127.0.0.1.
  let port: UInt16
  /// The context's size in tokens.
  let context: Int
  /// Whether `/v1/embeddings` answers.
  let embeddings: Bool
  /// The process whose death ends this one.
  let parent: Int32

  /// The interpreter's arguments: isolated (`-I`), program from standard input, settings as JSON.
  func arguments() throws -> [String] {
    ["-I", "-", String(decoding: try JSONEncoder().encode(self), as: UTF8.self)]
  }

  /// One thread per context: more spin at barriers and lose on a shared machine. One slot: requests
  /// queue, and the context is not divided. The prompt cache is bounded, since its default is 8 GB.
  /// `/slots`, which shows other clients' prompts, is off, and no foreign web page may read answers.
  static let script = """
    import json, os, sys, threading, time

    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    settings = json.loads(sys.argv[1])

    def end_with_parent():
        while os.getppid() == settings["parent"]:
            time.sleep(0.5)
        os._exit(0)

    threading.Thread(target=end_with_parent, daemon=True).start()

    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = settings["weights"]
    params.model_alias = {settings["alias"]}
    params.hostnames = ["127.0.0.1"]
    params.port = settings["port"]
    params.n_ctx = settings["context"]
    params.n_parallel = 1
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.cache_ram_mib = 256
    params.offline = True
    params.ui = False
    params.endpoint_slots = False
    params.cors_origins = "http://127.0.0.1"
    params.cors_origins_explicit = True
    if settings["embeddings"]:
        params.embedding = True
        params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
        params.n_ubatch = 2048

    server = xllamacpp.Server(params)
    print("ready at", server.listening_address, flush=True)
    while True:
        time.sleep(3600)
    """
}
