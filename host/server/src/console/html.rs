//! HTML that can't be broken out of: markup is what stands in this program, everything else is escaped.

use std::fmt::Write;

/// The reader's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// `en`
    English,
    /// `zh`
    Chinese,
}

impl Language {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Chinese => "zh",
        }
    }
}

/// A page in the making.
pub(crate) struct Page {
    language: Language,
    body: String,
}

impl Page {
    /// Begins a page; `title` is English, then Chinese.
    pub(crate) fn new(language: Language, title: (&'static str, &'static str)) -> Page {
        let mut page = Page { language, body: String::new() };
        page.raw("<!doctype html>\n<html lang=\"").raw(language.code()).raw("\"><meta charset=\"utf-8\">");
        page.raw("<meta name=\"viewport\" content=\"width=device-width\"><title>Attain: ")
            .say(title.0, title.1);
        page.raw("</title><link rel=\"stylesheet\" href=\"/console.css\"><header><a href=\"/?lang=");
        page.raw(language.code())
            .raw("\">Attain</a> <a href=\"?lang=en\">English</a> <a href=\"?lang=zh\">中文</a></header>");
        page.raw("<main>\n<h1>").say(title.0, title.1).raw("</h1>\n");
        page
    }

    /// Markup: only what stands in this program, by its type.
    pub(crate) fn raw(&mut self, markup: &'static str) -> &mut Page {
        self.body.push_str(markup);
        self
    }

    /// Our own words, in the reader's language.
    pub(crate) fn say(&mut self, english: &'static str, chinese: &'static str) -> &mut Page {
        self.text(if self.language == Language::Chinese { chinese } else { english })
    }

    /// Anything else, escaped; also inside of quotes.
    pub(crate) fn text(&mut self, text: &str) -> &mut Page {
        for character in text.chars() {
            match character {
                '&' => self.body.push_str("&amp;"),
                '<' => self.body.push_str("&lt;"),
                '>' => self.body.push_str("&gt;"),
                '"' => self.body.push_str("&quot;"),
                '\'' => self.body.push_str("&#39;"),
                other => self.body.push(other),
            }
        }
        self
    }

    /// A whole number.
    pub(crate) fn number(&mut self, number: i64) -> &mut Page {
        self.text(&number.to_string())
    }

    /// A link to a path of these parts, in the same language.
    pub(crate) fn link(&mut self, parts: &[&str], text: &str) -> &mut Page {
        let mut path = String::new();
        for part in parts {
            path.push('/');
            for byte in part.bytes() {
                // Writing to a text can't fail.
                let _ = match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    true => write!(path, "{}", char::from(byte)),
                    false => write!(path, "%{byte:02X}"),
                };
            }
        }
        let language = self.language.code();
        self.raw("<a href=\"").text(&path).raw("?lang=").raw(language).raw("\">").text(text).raw("</a>")
    }

    /// A row of a table's head, each cell in English and in Chinese.
    pub(crate) fn head(&mut self, cells: &[(&'static str, &'static str)]) -> &mut Page {
        self.raw("<tr>");
        for (english, chinese) in cells {
            self.raw("<th>").say(english, chinese).raw("</th>");
        }
        self.raw("</tr>\n")
    }

    /// A cell of words.
    pub(crate) fn cell(&mut self, text: &str) -> &mut Page {
        self.raw("<td>").text(text).raw("</td>")
    }

    /// A cell of figures, which stand below each other by their digits.
    pub(crate) fn figure(&mut self, text: &str) -> &mut Page {
        self.raw("<td class=\"n\">").text(text).raw("</td>")
    }

    /// The whole page.
    pub(crate) fn finish(self) -> String {
        format!("{}</main></html>\n", self.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_foreign_becomes_markup() {
        let mut page = Page::new(Language::English, ("Runs", "核算"));
        page.text("<script>&\"'").link(&["people", "a/b\"><i>?#王"], "</a>");
        let page = page.finish();
        assert!(page.contains("&lt;script&gt;&amp;&quot;&#39;"), "{page}");
        let link = "<a href=\"/people/a%2Fb%22%3E%3Ci%3E%3F%23%E7%8E%8B?lang=en\">&lt;/a&gt;</a>";
        assert!(page.contains(link), "{page}");
    }
}
