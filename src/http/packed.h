// Packed trees (base/packed.h describes the bytes) read in place and written at once, without building a
// Value: all that comes and goes here are a few numbers, texts and lists of headers, and the code for more
// would be most of the module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/headers.h"

namespace hawser::http {

// A value in a tree, which must outlive it. Asked for something else than it is, it gives the fallback or
// what is empty.
class View {
 public:
  View() = default;

  // The root of a tree that takes all of `bytes`; nothing, which is no value, when they are none.
  static View Of(std::string_view bytes);

  bool exists() const { return !bytes_.empty(); }
  double Number(double fallback) const;
  std::string_view Text() const;
  bool Flag() const { return is('t'); }

  // The value of a table's key.
  View operator[](std::string_view key) const;

  // Headers cross as a flat array: [name, value, name, value, …].
  Headers AsHeaders() const;

  // What an array holds, from front to back:  for (View rest = list.Items(), item; rest.Next(item);) …
  View Items() const;
  bool Next(View& item);

 private:
  bool is(char tag) const { return exists() && bytes_.front() == tag; }

  std::string_view bytes_;  // From its tag on to the end of the tree; of Items(), from the next item on.
  std::uint32_t left_ = 0;  // Of Items().
};

// Writes one tree from front to back.
class Writer {
 public:
  // Tables and arrays: what is written until Close() is in them. In tables a key goes before each value.
  Writer& OpenTable() { return Open('o'); }
  Writer& OpenArray() { return Open('a'); }
  Writer& Close();
  Writer& Key(std::string_view key);

  Writer& Text(std::string_view text);
  Writer& Number(double number);
  Writer& Flag(bool flag);
  Writer& List(const Headers& headers);

  std::string Take() { return std::move(out_); }

 private:
  struct Scope {
    std::size_t at = 0;  // Of the count.
    std::uint32_t count = 0;
    bool table = false;
  };

  Writer& Open(char tag);
  void Tag(char tag);
  void Bytes(std::string_view text);

  std::string out_;
  Scope scopes_[8];
  std::size_t depth_ = 0;
};

}  // namespace hawser::http
