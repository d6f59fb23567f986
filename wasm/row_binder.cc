// The row binder: binds and runs a batch of rows (bulk insert), and binds one row of parameters, entirely in
// WebAssembly. See js/sqlite/binder.js for the other side.
//
// A batch is row-major: a Tag and an 8-byte cell per parameter, and one heap. JavaScript encodes all texts of a batch in
// one go, so it knows their lengths in UTF-16 units only; when not all of them are ASCII, locate_texts() turns
// those into byte offsets.
#include "sqlite_api.h"

namespace {

// Texts and blobs are bound by reference (SQLITE_STATIC): the heap must stay until clear_bindings or a new binding.
__attribute__((always_inline)) inline int bind_row(sqlite3_stmt* stmt, int n, const u8* tags, const u64* cells,
                                                   const u8* heap) {
  for (int i = 0; i < n; ++i) {
    const u64 cell = cells[i];
    const u8* bytes = heap + static_cast<u32>(cell);
    const int length = static_cast<int>(cell >> 32);
    int rc;
    switch (tags[i]) {
      case kInteger:
        rc = sqlite3_bind_int64(stmt, i + 1, static_cast<i64>(__builtin_bit_cast(double, cell)));
        break;
      case kInt64:
        rc = sqlite3_bind_int64(stmt, i + 1, static_cast<i64>(cell));
        break;
      case kReal:
        rc = sqlite3_bind_double(stmt, i + 1, __builtin_bit_cast(double, cell));
        break;
      case kText:
        rc = sqlite3_bind_text(stmt, i + 1, bytes, length, nullptr);
        break;
      case kBlob:  // A blob of no bytes is not null.
        rc = length == 0 ? sqlite3_bind_zeroblob(stmt, i + 1, 0) : sqlite3_bind_blob(stmt, i + 1, bytes, length, nullptr);
        break;
      default:
        rc = sqlite3_bind_null(stmt, i + 1);
    }
    if (rc != kOk) return rc;
  }
  return kOk;
}

struct Outcome {
  int status;
  u32 changes;
};

}  // namespace

// Binds one row of n parameters. Returns SQLite's result code.
extern "C" __attribute__((export_name("bind"))) int bind(sqlite3_stmt* stmt, int n, const u8* tags, const u64* cells,
                                                          const u8* heap) {
  return bind_row(stmt, n, tags, cells, heap);
}

// Binds, runs to its end and resets `stmt` for each of `rows` rows of n parameters. Returns how many rows were run; when
// that is fewer, out->status holds SQLite's result code and the next row is the one that failed. out->changes: rows
// of the database that they inserted, updated or deleted.
extern "C" __attribute__((export_name("run_many"))) u32 run_many(sqlite3* db, sqlite3_stmt* stmt, int n, u32 rows,
                                                                  const u8* tags, const u64* cells, const u8* heap,
                                                                  Outcome* out) {
  out->changes = 0;
  for (u32 row = 0; row < rows; ++row, tags += n, cells += n) {
    int rc = bind_row(stmt, n, tags, cells, heap);
    if (rc == kOk) {
      do rc = sqlite3_step(stmt);
      while (rc == kRow);
      const int reset = sqlite3_reset(stmt);
      rc = rc == kDone ? kOk : reset != kOk ? reset : rc;
    }
    if (rc != kOk) {
      out->status = rc;
      return row;
    }
    out->changes += static_cast<u32>(sqlite3_changes(db));
  }
  out->status = kOk;
  return rows;
}

// The texts of `count` cells stand back to back at the heap's start, and their cells hold lengths in UTF-16 units.
// Rewrites those cells to byte offsets and byte lengths. The texts must be well-formed UTF-8.
extern "C" __attribute__((export_name("locate_texts"))) void locate_texts(u32 count, const u8* tags, u64* cells,
                                                                          const u8* heap) {
  u32 offset = 0;
  for (u32 i = 0; i < count; ++i) {
    if (tags[i] != kText) continue;
    u32 units = static_cast<u32>(cells[i] >> 32);
    const u32 start = offset;
    while (units > 0) {
      const u8 lead = heap[offset];
      const u32 bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
      offset += bytes;
      units -= bytes == 4 ? 2 : 1;
    }
    cells[i] = static_cast<u64>(offset - start) << 32 | start;
  }
}
