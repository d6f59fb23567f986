#include "secrets/scan.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "secrets/excerpt.h"
#include "secrets/limits.h"

namespace hawser::secrets {
namespace {

struct Position {
  std::size_t offset = 0;
  int line = 1;
  int column = 1;
};

bool IsBareEnd(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == '=' || c == '[' || c == ']' ||
         c == '{' || c == '}' || c == '#' || c == '"' || c == '\'' || c == '.';
}

// The white space beyond space and tab that toml++ knows.
bool IsForeignSpace(std::string_view c) {
  if (c.size() == 2) return c == "\u00a0";
  if (c.size() != 3) return false;
  return c == "\u1680" || c == "\u180e" || (c >= "\u2000" && c <= "\u200b") || c == "\u202f" ||
         c == "\u205f" || c == "\u2060" || c == "\u3000" || c == "\ufeff";
}

class Scanner {
 public:
  Scanner(std::string_view text, std::string_view source) : text_(text), source_(source) {}

  Result<ScannedToml> Run() {
    if (text_.size() > kMaxDocumentBytes) return std::unexpected(TooLarge(source_));
    if (text_.starts_with("\xEF\xBB\xBF")) at_.offset = 3;  // toml++ skips one, too: a second is an error.
    while (!failed_ && !Done()) Token();
    if (failed_) return std::unexpected(std::move(error_));
    out_.text.append(text_.substr(copied_));
    return std::move(out_);
  }

 private:
  bool Done() const { return at_.offset >= text_.size(); }
  char Peek(std::size_t ahead = 0) const {
    return at_.offset + ahead < text_.size() ? text_[at_.offset + ahead] : '\0';
  }

  void Fail(std::string_view code, Position where, std::string reason) {
    if (failed_) return;
    failed_ = true;
    error_.code = code;
    error_.message = std::move(reason);
    error_.source = std::string(source_);
    error_.line = where.line;
    error_.column = where.column;
    error_.excerpt = Excerpt(text_, where.line, where.column, out_.inner_lines);
  }
  void Malformed(Position where, std::string reason) { Fail("ERR_SECRETS_PARSE", where, std::move(reason)); }

  // Steps over one code point, or over CR LF, that may stand in a string or comment.
  void Advance() {
    const char c = text_[at_.offset];
    if (c == '\n' || (c == '\r' && Peek(1) == '\n')) {
      at_.offset += c == '\n' ? 1 : 2;
      ++at_.line;
      at_.column = 1;
      out_.inner_lines.push_back(at_.line);
      return;
    }
    if (c == '\r') return Malformed(at_, "a carriage return must be followed by a line feed");
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) {
      return Malformed(at_, "control characters other than tab are not allowed");
    }
    const std::size_t length = Utf8Length(text_, at_.offset);
    if (length == 0) return Malformed(at_, "the text is not valid UTF-8");
    at_.offset += length;
    ++at_.column;
  }

  bool AtNewline() const { return Peek() == '\n' || Peek() == '\r'; }

  void Token() {
    switch (const char c = Peek()) {
      case '\n':
      case '\r':
        Advance();
        if (open_.empty() && !failed_) {
          out_.inner_lines.pop_back();
          segments_ = 0;
          header_ = false;
          line_begins_ = true;
        }
        after_dot_ = false;
        return;
      case ' ':
      case '\t':
        return Advance();
      case '#':
        while (!failed_ && !Done() && !AtNewline()) Advance();
        return;
      case '.':
        after_dot_ = true;
        return Advance();
      case ',':
        segments_ = 0;
        after_dot_ = false;
        return Advance();
      case '=':
        line_begins_ = after_dot_ = false;
        return Advance();
      case '[':
      case '{':
        return Open(c);
      case ']':
      case '}':
        return Close();
      case '"':
      case '\'':
        Segment();
        return String(c);
      default:
        Segment();
        while (!failed_ && !Done() && !IsBareEnd(Peek())) Advance();
    }
  }

  // One part of a key, or a value.
  void Segment() {
    segments_ = after_dot_ ? segments_ + 1 : 1;
    after_dot_ = line_begins_ = false;
    CheckDepth();
  }

  void Open(char c) {
    if (c == '[' && open_.empty() && (line_begins_ || (header_ && segments_ == 0))) {
      header_ = true;
      if (line_begins_) header_depth_ = 0;
      line_begins_ = false;
      return Advance();
    }
    // The value of a.b.c is one level, the tables a and b around it are two more; an element of an array is
    // one.
    open_.push_back(std::max(segments_, 1));
    depth_ += open_.back();
    segments_ = 0;
    line_begins_ = after_dot_ = false;
    CheckDepth();
    Advance();
  }

  void Close() {
    if (header_) {
      if (segments_ > 0) header_depth_ = segments_ + 1;  // One more: the table may be an element of an array.
      segments_ = 0;
    } else if (!open_.empty()) {
      depth_ -= open_.back();
      open_.pop_back();
      segments_ = 0;
    }
    after_dot_ = false;
    Advance();
  }

  void CheckDepth() {
    if (header_depth_ + depth_ + segments_ > kMaxDepth) {
      Fail("ERR_SECRETS_LIMIT", at_,
           "tables, arrays and dotted keys are nested more than " + std::to_string(kMaxDepth) +
               " levels deep");
    }
  }

  void String(char quote) {
    const Position start = at_;
    Advance();
    if (Peek() == quote && Peek(1) == quote) {
      Advance();
      Advance();
      return MultiLineString(quote, start);
    }
    while (!failed_) {
      if (Done() || AtNewline()) return Malformed(start, "the string is not closed on its line");
      const char c = Peek();
      Advance();
      if (c == quote) return;
      if (c == '\\' && quote == '"' && !Done() && !AtNewline()) Advance();
    }
  }

  void MultiLineString(char quote, Position start) {
    while (!failed_) {
      if (Done()) return Malformed(start, "the multi-line string is never closed");
      const char c = Peek();
      if (c == quote && Peek(1) == quote && Peek(2) == quote) {
        for (int i = 0; i < 5 && Peek() == quote; ++i) Advance();
        return;
      }
      Advance();
      if (c != '\\' || quote != '"' || Done()) continue;
      bool folds = false;
      while (!failed_ && (Peek() == ' ' || Peek() == '\t' || AtNewline())) {
        folds = folds || AtNewline();
        Advance();
        if (Done()) break;
      }
      if (folds && !Done()) {
        EscapeForeignSpace();
      } else if (!failed_ && !Done() && (Peek() == '\\' || Peek() == quote)) {
        Advance();
      }
    }
  }

  void EscapeForeignSpace() {
    const std::size_t length = Utf8Length(text_, at_.offset);
    const std::string_view c = text_.substr(at_.offset, length);
    if (!IsForeignSpace(c)) return;
    std::uint32_t point = 0;
    for (const char unit : c) point = (point << 6) | (static_cast<unsigned char>(unit) & 0x3f);
    point &= c.size() == 2 ? 0x7ffu : 0xffffu;
    out_.text.append(text_.substr(copied_, at_.offset - copied_));
    out_.text += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out_.text += "0123456789abcdef"[(point >> shift) & 0xf];
    copied_ = at_.offset + length;
    Advance();
  }

  const std::string_view text_;
  const std::string_view source_;
  Position at_;
  ScannedToml out_;  // Its text has been copied up to `copied_`.
  std::size_t copied_ = 0;
  std::vector<int> open_;  // Levels that each open bracket adds, with the dotted key before it.
  int depth_ = 0;          // Their sum.
  int header_depth_ = 0;   // Levels of the header above.
  int segments_ = 0;       // Of the key that is being read.
  bool after_dot_ = false;
  bool header_ = false;      // Inside [ ] at the start of a line.
  bool line_begins_ = true;  // Nothing but white space so far.
  bool failed_ = false;
  Error error_;
};

}  // namespace

Result<ScannedToml> ScanToml(std::string_view text, std::string_view source) {
  return Scanner(text, source).Run();
}

}  // namespace hawser::secrets
