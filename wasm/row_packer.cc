// The row packer: steps through a statement's result entirely in WebAssembly and lays it out in columns that JavaScript
// copies in one go. See js/sqlite/reader.js for the other side.
#include "sqlite_api.h"

namespace {

// One column of a batch. JavaScript fills the first four fields and reads the others. Layout shared with reader.js.
struct Column {
  u8* tags;           // a Tag per row
  u64* cells;         // 8 bytes per row, read as the tag says
  u8* heap;           // texts and blobs, back to back in row order
  u32 heap_capacity;  // bytes
  u32 heap_used;      // out: bytes
  u32 kinds;          // out: bit 1 << tag for every tag in the batch, and maybe one more
  u32 high_bits;      // out: nonzero when a text has a byte above 0x7f
  u32 needed;         // out: bytes that the next value needs when it did not fit
};

constexpr i64 kMaxSafeInteger = 9007199254740991;

// A status of pack() beside SQLite's own.
constexpr int kOtherWidth = -1;

// The high bits of n bytes, or-ed together.
__attribute__((always_inline)) inline u32 high_bits(const u8* bytes, u32 n) {
  u64 seen = 0;
  u32 i = 0;
  for (; i + 8 <= n; i += 8) {
    u64 word;
    __builtin_memcpy(&word, bytes + i, 8);
    seen |= word;
  }
  for (; i < n; ++i) seen |= bytes[i];
  return (seen & 0x8080808080808080ull) != 0;
}

// How SQLite lays out a value (struct sqlite3_value, "Mem", in its vdbeInt.h). Reading it saves two calls a cell, which is
// half of what packing costs. The layout is not part of the API: js/sqlite/layout.js checks it on known values whenever
// an engine starts, and passes value_size = 0 when anything is different; then the API is asked for every cell.
struct Value {
  union {
    i64 integer;
    double real;
  };
  const u8* bytes;
  u32 length;
  unsigned short flags;
  u8 encoding;
};

// The low bits of Value::flags, when just one is set. Any other combination is left to the API.
constexpr unsigned short kTypeMask = 0x3f, kIsNull = 0x01, kIsText = 0x02, kIsInteger = 0x04, kIsReal = 0x08,
                         kIsBlob = 0x10, kIsZeroBlob = 0x400;
constexpr u8 kUtf8 = 1;

__attribute__((always_inline)) inline void pack_integer(Column& column, u32 row, i64 value, bool exact) {
  if (exact || value > kMaxSafeInteger || value < -kMaxSafeInteger) {
    column.tags[row] = kInt64;
    column.kinds |= 1u << kInt64;
    column.cells[row] = static_cast<u64>(value);
  } else {
    column.tags[row] = kInteger;
    column.kinds |= 1u << kInteger;
    column.cells[row] = __builtin_bit_cast(u64, static_cast<double>(value));
  }
}

__attribute__((always_inline)) inline void pack_real(Column& column, u32 row, double value) {
  column.tags[row] = kReal;
  column.kinds |= 1u << kReal;
  column.cells[row] = __builtin_bit_cast(u64, value);
}

__attribute__((always_inline)) inline bool pack_bytes(Column& column, u32 row, Tag tag, const u8* bytes, u32 n) {
  const u32 offset = column.heap_used;
  if (n > column.heap_capacity - offset) {
    column.needed = n;
    return false;
  }
  if (n > 0) {
    __builtin_memcpy(column.heap + offset, bytes, n);
    if (tag == kText) column.high_bits |= high_bits(bytes, n);
  }
  column.heap_used = offset + n;
  column.tags[row] = tag;
  column.kinds |= 1u << tag;
  column.cells[row] = static_cast<u64>(n) << 32 | offset;
  return true;
}

__attribute__((always_inline)) inline void pack_null(Column& column, u32 row) {
  column.tags[row] = kNull;
  column.kinds |= 1u << kNull;
}

// Packs the current row's column c into row `row` of `column`, through the API. False when the heap is too small.
__attribute__((always_inline)) inline bool pack_cell(sqlite3_stmt* stmt, int c, Column& column, u32 row, bool exact) {
  switch (sqlite3_column_type(stmt, c)) {
    case kInteger:
      pack_integer(column, row, sqlite3_column_int64(stmt, c), exact);
      return true;
    case kReal:
      pack_real(column, row, sqlite3_column_double(stmt, c));
      return true;
    case kText: {
      const u8* text = sqlite3_column_text(stmt, c);
      return pack_bytes(column, row, kText, text, static_cast<u32>(sqlite3_column_bytes(stmt, c)));
    }
    case kBlob: {
      const u8* blob = sqlite3_column_blob(stmt, c);
      return pack_bytes(column, row, kBlob, blob, static_cast<u32>(sqlite3_column_bytes(stmt, c)));
    }
    default:
      pack_null(column, row);
      return true;
  }
}

// The same, from SQLite's own representation.
__attribute__((always_inline)) inline bool pack_value(sqlite3_stmt* stmt, int c, const Value& value, Column& column,
                                                      u32 row, bool exact) {
  const unsigned short type = value.flags & kTypeMask;
  if (type == kIsInteger) {
    pack_integer(column, row, value.integer, exact);
  } else if (type == kIsReal) {
    pack_real(column, row, value.real);
  } else if (type == kIsText && value.encoding == kUtf8) {
    return pack_bytes(column, row, kText, value.bytes, value.length);
  } else if (type == kIsBlob && !(value.flags & kIsZeroBlob)) {
    return pack_bytes(column, row, kBlob, value.bytes, value.length);
  } else if (type == kIsNull) {
    pack_null(column, row);
  } else {
    return pack_cell(stmt, c, column, row, exact);
  }
  return true;
}

// How often the statement was prepared anew, because the schema had changed. https://sqlite.org/c3ref/c_stmtstatus_counter.html
constexpr int kReprepared = 5;

struct Outcome {
  int status;
  int reprepared;
};

}  // namespace

// Fills up to max_rows rows of `columns`. Returns the number of rows. outcome->status becomes
//   kRow   there may be more: call again; with resume = 1 when some column's `needed` is not 0 (the row that did not
//          fit is still the statement's current one: empty that heap or give it more room first)
//   kDone  the result has ended and the statement was reset
//   kOtherWidth  the result has not column_count columns, because the schema has changed since the statement was prepared;
//          call again with as many as it has and resume = 1
//   other  SQLite's error code
// exact: every integer is stored as kInt64. value_size: distance between SQLite's values, 0 to use its API only.
extern "C" __attribute__((export_name("pack"))) u32 pack(sqlite3_stmt* stmt, int column_count, u32 max_rows,
                                                          Column* columns, Outcome* outcome, int resume, int exact,
                                                          u32 value_size) {
  for (int c = 0; c < column_count; ++c) {
    columns[c].heap_used = columns[c].kinds = columns[c].high_bits = columns[c].needed = 0;
  }
  outcome->reprepared = sqlite3_stmt_status(stmt, kReprepared, 0);
  for (u32 row = 0; row < max_rows; ++row) {
    if (!resume) {
      const int rc = sqlite3_step(stmt);
      if (row == 0) outcome->reprepared = sqlite3_stmt_status(stmt, kReprepared, 0);
      if (rc == kDone) sqlite3_reset(stmt);
      if (rc != kRow) {
        outcome->status = rc;
        return row;
      }
      if (row == 0 && sqlite3_column_count(stmt) != column_count) {
        outcome->status = kOtherWidth;
        return 0;
      }
    }
    resume = 0;
    const u8* values = value_size ? reinterpret_cast<const u8*>(sqlite3_column_value(stmt, 0)) : nullptr;
    for (int c = 0; c < column_count; ++c) {
      const bool fits = values ? pack_value(stmt, c, *reinterpret_cast<const Value*>(values + c * value_size),
                                            columns[c], row, exact)
                               : pack_cell(stmt, c, columns[c], row, exact);
      if (fits) continue;
      while (--c >= 0) {  // Takes the begun row back.
        const u8 tag = columns[c].tags[row];
        if (tag == kText || tag == kBlob) columns[c].heap_used = static_cast<u32>(columns[c].cells[row]);
      }
      outcome->status = kRow;
      return row;
    }
  }
  outcome->status = kRow;
  return max_rows;
}
