#include "http/packed.h"

#include <cstring>

namespace hawser::http {
namespace {

// Levels that a tree may have.
constexpr int kMaxDepth = 16;

template <typename T>
T Raw(std::string_view bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

bool Drop(std::string_view& rest, std::size_t size) {
  if (rest.size() < size) return false;
  rest.remove_prefix(size);
  return true;
}

bool SkipText(std::string_view& rest) {
  if (rest.size() < 4) return false;
  const std::size_t length = Raw<std::uint32_t>(rest);
  rest.remove_prefix(4);
  return Drop(rest, length);
}

// Takes one value from the front.
bool Skip(std::string_view& rest, int depth) {
  if (rest.empty() || depth > kMaxDepth) return false;
  const char tag = rest.front();
  rest.remove_prefix(1);
  switch (tag) {
    case 's':
    case 'l':
    case 'z':
      return SkipText(rest);
    case 'i':
    case 'd':
      return Drop(rest, 8);
    case 't':
    case 'f':
    case 'n':
      return true;
    case 'o':
    case 'a':
      break;
    default:
      return false;
  }
  if (rest.size() < 4) return false;
  auto count = Raw<std::uint32_t>(rest);
  rest.remove_prefix(4);
  while (count-- > 0) {
    if ((tag == 'o' && !SkipText(rest)) || !Skip(rest, depth + 1)) return false;
  }
  return true;
}

// A text whose length stands at the front, taken from there.
std::string_view TakeText(std::string_view& rest) {
  const std::string_view text = rest.substr(4, Raw<std::uint32_t>(rest));
  rest.remove_prefix(4 + text.size());
  return text;
}

}  // namespace

View View::Of(std::string_view bytes) {
  View view;
  std::string_view rest = bytes;
  if (Skip(rest, 0) && rest.empty()) view.bytes_ = bytes;
  return view;
}

double View::Number(double fallback) const {
  if (is('d')) return Raw<double>(bytes_.substr(1));
  if (is('i')) return static_cast<double>(Raw<std::int64_t>(bytes_.substr(1)));
  return fallback;
}

std::string_view View::Text() const {
  std::string_view rest = bytes_.substr(is('s') ? 1 : 0);
  return is('s') ? TakeText(rest) : std::string_view();
}

View View::operator[](std::string_view key) const {
  View value;
  if (!is('o')) return value;
  std::string_view rest = bytes_.substr(5);
  for (auto count = Raw<std::uint32_t>(bytes_.substr(1)); count > 0; count--) {
    if (TakeText(rest) == key) {
      value.bytes_ = rest;
      return value;
    }
    Skip(rest, 0);
  }
  return value;
}

View View::Items() const {
  View items;
  if (!is('a')) return items;
  items.left_ = Raw<std::uint32_t>(bytes_.substr(1));
  items.bytes_ = bytes_.substr(5);
  return items;
}

bool View::Next(View& item) {
  if (left_ == 0) return false;
  left_--;
  item.bytes_ = bytes_;
  Skip(bytes_, 0);
  return true;
}

Headers View::AsHeaders() const {
  Headers headers;
  View name;
  View value;
  for (View rest = Items(); rest.Next(name) && rest.Next(value);)
    headers.push_back({name.Text(), Trim(value.Text())});
  return headers;
}

void Writer::Tag(char tag) {
  if (depth_ > 0 && !scopes_[depth_ - 1].table) scopes_[depth_ - 1].count++;
  out_ += tag;
}

void Writer::Bytes(std::string_view text) {
  const auto length = static_cast<std::uint32_t>(text.size());
  char raw[sizeof length];
  std::memcpy(raw, &length, sizeof length);
  out_.append(raw, sizeof raw);
  out_ += text;
}

Writer& Writer::Open(char tag) {
  Tag(tag);
  scopes_[depth_++] = {out_.size(), 0, tag == 'o'};
  out_.append(4, '\0');
  return *this;
}

Writer& Writer::Close() {
  const Scope& scope = scopes_[--depth_];
  std::memcpy(out_.data() + scope.at, &scope.count, sizeof scope.count);
  return *this;
}

Writer& Writer::Key(std::string_view key) {
  scopes_[depth_ - 1].count++;
  Bytes(key);
  return *this;
}

Writer& Writer::Text(std::string_view text) {
  Tag('s');
  Bytes(text);
  return *this;
}

Writer& Writer::Number(double number) {
  char raw[sizeof number];
  std::memcpy(raw, &number, sizeof number);
  Tag('d');
  out_.append(raw, sizeof raw);
  return *this;
}

Writer& Writer::Flag(bool flag) {
  Tag(flag ? 't' : 'f');
  return *this;
}

Writer& Writer::List(const Headers& headers) {
  OpenArray();
  for (const Header& header : headers) Text(header.name).Text(header.value);
  return Close();
}

}  // namespace hawser::http
