#ifndef PERIGEE_DASHBOARD_ASSETS_H
#define PERIGEE_DASHBOARD_ASSETS_H

#include <stddef.h>

/// A file of the dashboard, carried by the binary. Everything it points to lives as long as the
/// process and never changes.
typedef struct {
  /// Its path below the server's root, for instance "/index.html" or "/modules/sky.js".
  const char *path;
  /// The value of its Content-Type header.
  const char *content_type;
  /// The value of its ETag header, quotes included: changes with the bytes.
  const char *etag;
  /// The file's bytes.
  const unsigned char *bytes;
  /// How many there are.
  size_t length;
} perigee_dashboard_asset;

/// The files, in order of their paths.
extern const perigee_dashboard_asset *const perigee_dashboard_assets;

/// How many files there are.
extern const size_t perigee_dashboard_asset_count;

#endif
