//! What people, places and customers of the demo company are called.

use crate::random::Dice;

/// A sales region and its cities; a team is named after its city.
pub struct Region {
    /// As figures and plans name it.
    pub name: &'static str,
    /// Where its teams are.
    pub cities: &'static [&'static str],
    /// Whether its people have Chinese names.
    pub chinese: bool,
}

/// The regions.
pub const REGIONS: [Region; 6] = [
    Region { name: "华东", cities: &["上海", "杭州", "南京", "苏州"], chinese: true },
    Region { name: "华南", cities: &["深圳", "广州", "厦门"], chinese: true },
    Region { name: "华北", cities: &["北京", "天津", "青岛"], chinese: true },
    Region { name: "西南", cities: &["成都", "重庆", "昆明"], chinese: true },
    Region { name: "Southeast Asia", cities: &["Singapore", "Kuala Lumpur", "Bangkok"], chinese: false },
    Region { name: "Europe", cities: &["London", "Frankfurt", "Madrid"], chinese: false },
];

const SURNAMES: [(&str, &str); 40] = [
    ("王", "Wang"),
    ("李", "Li"),
    ("张", "Zhang"),
    ("刘", "Liu"),
    ("陈", "Chen"),
    ("杨", "Yang"),
    ("黄", "Huang"),
    ("赵", "Zhao"),
    ("吴", "Wu"),
    ("周", "Zhou"),
    ("徐", "Xu"),
    ("孙", "Sun"),
    ("马", "Ma"),
    ("朱", "Zhu"),
    ("胡", "Hu"),
    ("郭", "Guo"),
    ("何", "He"),
    ("林", "Lin"),
    ("高", "Gao"),
    ("罗", "Luo"),
    ("郑", "Zheng"),
    ("梁", "Liang"),
    ("谢", "Xie"),
    ("宋", "Song"),
    ("唐", "Tang"),
    ("许", "Xu"),
    ("邓", "Deng"),
    ("韩", "Han"),
    ("冯", "Feng"),
    ("曹", "Cao"),
    ("彭", "Peng"),
    ("曾", "Zeng"),
    ("萧", "Xiao"),
    ("田", "Tian"),
    ("董", "Dong"),
    ("潘", "Pan"),
    ("袁", "Yuan"),
    ("蔡", "Cai"),
    ("余", "Yu"),
    ("欧阳", "Ouyang"),
];

const GIVEN: [(&str, &str); 48] = [
    ("伟", "Wei"),
    ("芳", "Fang"),
    ("娜", "Na"),
    ("敏", "Min"),
    ("静", "Jing"),
    ("强", "Qiang"),
    ("磊", "Lei"),
    ("军", "Jun"),
    ("洋", "Yang"),
    ("勇", "Yong"),
    ("艳", "Yan"),
    ("杰", "Jie"),
    ("娟", "Juan"),
    ("涛", "Tao"),
    ("明", "Ming"),
    ("超", "Chao"),
    ("霞", "Xia"),
    ("平", "Ping"),
    ("刚", "Gang"),
    ("桂英", "Guiying"),
    ("子涵", "Zihan"),
    ("雨桐", "Yutong"),
    ("浩然", "Haoran"),
    ("欣怡", "Xinyi"),
    ("梓轩", "Zixuan"),
    ("思远", "Siyuan"),
    ("佳琪", "Jiaqi"),
    ("志强", "Zhiqiang"),
    ("建国", "Jianguo"),
    ("晓明", "Xiaoming"),
    ("丽华", "Lihua"),
    ("海燕", "Haiyan"),
    ("文博", "Wenbo"),
    ("雅婷", "Yating"),
    ("俊杰", "Junjie"),
    ("天宇", "Tianyu"),
    ("梦洁", "Mengjie"),
    ("国栋", "Guodong"),
    ("春梅", "Chunmei"),
    ("若曦", "Ruoxi"),
    ("嘉豪", "Jiahao"),
    ("诗涵", "Shihan"),
    ("宇航", "Yuhang"),
    ("婉清", "Wanqing"),
    ("立新", "Lixin"),
    ("秀兰", "Xiulan"),
    ("博文", "Bowen"),
    ("玉兰", "Yulan"),
];

const FIRST: [&str; 32] = [
    "Emma", "Oliver", "Amelia", "Jack", "Sofia", "Daniel", "Aisha", "Lukas", "Hannah", "Marco", "Priya",
    "Noah", "Clara", "Mateo", "Siti", "Ethan", "Ingrid", "Rahul", "Chloe", "Felix", "Nadia", "Thomas",
    "Mei Ling", "Arjun", "Laura", "Samuel", "Farah", "Julian", "Elena", "Henry", "Zoë", "David",
];

const LAST: [&str; 32] = [
    "Clarke",
    "Tan",
    "Müller",
    "García",
    "Lim",
    "Novak",
    "Rahman",
    "Hughes",
    "Schmidt",
    "Fernández",
    "Nair",
    "Evans",
    "Wong",
    "Becker",
    "Ismail",
    "Murphy",
    "López",
    "Chua",
    "Weber",
    "Patel",
    "Ng",
    "Fischer",
    "O'Brien",
    "Iyer",
    "Moreno",
    "Lee",
    "Wagner",
    "Khan",
    "Brooks",
    "Teo",
    "Romero",
    "Hoffmann",
];

/// A person's name, as places in the lists; few enough that many people share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    chinese: bool,
    family: usize,
    first: usize,
}

impl Name {
    /// Draws a name.
    pub fn draw(dice: &mut Dice, chinese: bool) -> Name {
        let (families, firsts) =
            if chinese { (SURNAMES.len(), GIVEN.len()) } else { (LAST.len(), FIRST.len()) };
        let mut below = |count: usize| usize::try_from(dice.below(count as u64)).unwrap_or_default();
        Name { chinese, family: below(families), first: below(firsts) }
    }

    /// The name in full: `李静 Li Jing` or `Emma Clarke`.
    pub fn text(self) -> String {
        if self.chinese {
            let (surname, family) = SURNAMES.get(self.family).copied().unwrap_or_default();
            let (given, first) = GIVEN.get(self.first).copied().unwrap_or_default();
            format!("{surname}{given} {family} {first}")
        } else {
            let first = FIRST.get(self.first).copied().unwrap_or_default();
            format!("{first} {}", LAST.get(self.family).copied().unwrap_or_default())
        }
    }
}

const BRANDS: [&str; 24] = [
    "鼎盛",
    "华信",
    "远航",
    "博瑞",
    "天成",
    "宏达",
    "金桥",
    "新源",
    "恒通",
    "海纳",
    "东方",
    "星辰",
    "Northgate",
    "Bluewater",
    "Harbour",
    "Summit",
    "Meridian",
    "Orchid",
    "Falcon",
    "Sterling",
    "Cedar",
    "Atlas",
    "Pioneer",
    "Lumen",
];

const TRADES: [&str; 12] = [
    "科技",
    "医疗",
    "物流",
    "制造",
    "能源",
    "食品",
    "Logistics",
    "Medical",
    "Foods",
    "Energy",
    "Textiles",
    "Systems",
];

/// What the company sells.
pub const PRODUCTS: [&str; 6] =
    ["Sensor S1", "Sensor S3 Pro", "控制器 C20", "网关 G5", "平台订阅", "Service Plan"];

/// A customer's name: `华信科技 017`.
pub fn customer(dice: &mut Dice) -> String {
    let brand = dice.pick(&BRANDS).copied().unwrap_or_default();
    let trade = dice.pick(&TRADES).copied().unwrap_or_default();
    let space = if brand.is_ascii() || trade.is_ascii() { " " } else { "" };
    format!("{brand}{space}{trade} {:03}", dice.between(1, 60))
}
