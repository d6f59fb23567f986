// The part of SQLite's C API (https://sqlite.org/c3ref/intro.html) that the row packer and the row binder import from
// the official sqlite3.wasm, and the cell format that they share with js/sqlite/.
//
// Both modules work in SQLite's own memory. They are freestanding: no libc, no static data, no function call with an
// address-taken local, because their __stack_pointer would lie inside SQLite's data. The build checks that.
#ifndef HAWSER_WASM_SQLITE_API_H_
#define HAWSER_WASM_SQLITE_API_H_

using u8 = unsigned char;
using u32 = unsigned;
using u64 = unsigned long long;
using i64 = long long;

struct sqlite3;
struct sqlite3_stmt;
struct sqlite3_value;

extern "C" {
int sqlite3_step(sqlite3_stmt*);
int sqlite3_reset(sqlite3_stmt*);
int sqlite3_stmt_status(sqlite3_stmt*, int, int);
int sqlite3_changes(sqlite3*);
int sqlite3_column_count(sqlite3_stmt*);
int sqlite3_column_type(sqlite3_stmt*, int);
i64 sqlite3_column_int64(sqlite3_stmt*, int);
double sqlite3_column_double(sqlite3_stmt*, int);
const u8* sqlite3_column_text(sqlite3_stmt*, int);
const u8* sqlite3_column_blob(sqlite3_stmt*, int);
int sqlite3_column_bytes(sqlite3_stmt*, int);
sqlite3_value* sqlite3_column_value(sqlite3_stmt*, int);
int sqlite3_bind_int64(sqlite3_stmt*, int, i64);
int sqlite3_bind_double(sqlite3_stmt*, int, double);
int sqlite3_bind_null(sqlite3_stmt*, int);
int sqlite3_bind_text(sqlite3_stmt*, int, const u8*, int, void*);
int sqlite3_bind_blob(sqlite3_stmt*, int, const void*, int, void*);
int sqlite3_bind_zeroblob(sqlite3_stmt*, int, int);
}

// Result codes, https://sqlite.org/rescode.html
constexpr int kOk = 0;
constexpr int kNoMem = 7;
constexpr int kRow = 100;
constexpr int kDone = 101;

// What a cell holds. 1 to 5 are SQLite's own datatype codes, https://sqlite.org/c3ref/c_blob.html
enum Tag : u8 {
  kInteger = 1,  // an integer of at most 2^53 in magnitude, stored as a double
  kReal = 2,     // a double
  kText = 3,     // u32 offset into the heap, u32 length, both in bytes; UTF-8
  kBlob = 4,     // likewise
  kNull = 5,
  kInt64 = 6,  // an integer, stored as 64 bits
};

#endif  // HAWSER_WASM_SQLITE_API_H_
