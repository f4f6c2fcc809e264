package org.roadloop.govern.classify;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the name of a column says (字段名): its words, of camelCase, snake_case, abbreviated pinyin or
 * Chinese. A name never decides against values; it settles what values leave open.
 */
final class ColumnLabel {
    private static final Pattern SEAMS =
            Pattern.compile(
                    "[^\\p{IsAlphabetic}]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"
                            + "|(?<=[a-zA-Z])(?=\\p{IsHan})|(?<=\\p{IsHan})(?=[a-zA-Z])");

    private static final Pattern NO_LETTER = Pattern.compile("[^A-Za-z]");

    private static final Set<String> LONGITUDE =
            Set.of("longitude", "lon", "lng", "long", "jd", "jingdu", "longi");
    private static final Set<String> LATITUDE = Set.of("latitude", "lat", "wd", "weidu", "lati");

    /** Beside a longitude or latitude, these make it something else. */
    private static final Set<String> NOT_COORDINATE =
            Set.of(
                    "accel",
                    "acc",
                    "acceleration",
                    "accuracy",
                    "error",
                    "err",
                    "std",
                    "sigma",
                    "variance",
                    "dev",
                    "offset",
                    "count",
                    "ms",
                    "mpss",
                    "rate",
                    "speed",
                    "velocity",
                    "force",
                    "jerk",
                    "latency",
                    "g",
                    "control",
                    "dist",
                    "distance",
                    "slip",
                    "valid");

    /** Quantities: a column of one is no position, whatever its range. */
    private static final Set<String> QUANTITY =
            Set.of(
                    "temp",
                    "temperature",
                    "pressure",
                    "kpa",
                    "bar",
                    "voltage",
                    "volt",
                    "current",
                    "amp",
                    "power",
                    "kw",
                    "kwh",
                    "soc",
                    "speed",
                    "kmh",
                    "velocity",
                    "accel",
                    "acc",
                    "acceleration",
                    "gyro",
                    "roll",
                    "pitch",
                    "yaw",
                    "heading",
                    "torque",
                    "nm",
                    "rpm",
                    "angle",
                    "humidity",
                    "altitude",
                    "height",
                    "mileage",
                    "odometer",
                    "fuel",
                    "level",
                    "ratio",
                    "percent",
                    "resistance",
                    "insulation",
                    "kohm",
                    "brake",
                    "throttle",
                    "pedal",
                    "wheel",
                    "mass",
                    "weight",
                    "duration",
                    "elapsed",
                    "noise",
                    "signal",
                    "rssi",
                    "price",
                    "amount",
                    "cost",
                    "fee",
                    "score",
                    "count",
                    "qty",
                    "total",
                    "freq",
                    "hz",
                    "force",
                    "wendu",
                    "wd温度",
                    "dianya",
                    "dianliu",
                    "chesu",
                    "year",
                    "build",
                    "serial",
                    "order",
                    "batch",
                    "seq",
                    "version",
                    "checksum",
                    "crc",
                    "steering",
                    "battery",
                    "motor",
                    "cell",
                    "celsius",
                    "lambda",
                    "cel",
                    "imu",
                    "magnet",
                    "light",
                    "lux",
                    "size",
                    "bytes",
                    "energy",
                    "range");

    private static final List<String> QUANTITY_HAN =
            List.of(
                    "温", "压", "电流", "功率", "速", "角", "里程", "高度", "海拔", "扭矩", "转速", "湿度", "电量", "金额",
                    "价", "数量", "重量", "质量", "时长", "序号", "流水", "订单", "年", "版本", "批次", "阻", "油", "力",
                    "能耗");

    /** Whoever these name, an id of them is personal. */
    private static final Set<String> PERSON =
            Set.of(
                    "driver",
                    "user",
                    "owner",
                    "passenger",
                    "customer",
                    "member",
                    "person",
                    "rider",
                    "employee",
                    "operator",
                    "jsy",
                    "yh",
                    "cz");

    private static final Set<String> ID_WORD =
            Set.of("id", "no", "number", "code", "uid", "num", "bh", "account", "token");
    private static final Set<String> IDENTITY =
            Set.of(
                    "vin",
                    "plate",
                    "phone",
                    "mobile",
                    "imei",
                    "iccid",
                    "imsi",
                    "idcard",
                    "driver",
                    "openid",
                    "userid",
                    "driverid",
                    "passport",
                    "licence",
                    "license",
                    "clsbh",
                    "cjh",
                    "cph",
                    "cphm",
                    "chepai",
                    "sjh",
                    "sjhm",
                    "sfz",
                    "sfzh",
                    "yhkh",
                    "msisdn",
                    "uin");
    private static final List<String> IDENTITY_HAN =
            List.of(
                    "车架号", "车辆识别", "车牌", "号牌", "手机号", "电话", "身份证", "证件号", "银行卡", "驾驶证", "护照", "账号",
                    "用户编号", "驾驶员编号", "司机编号", "乘客编号", "车主编号");

    /** Beside an identity, these make it a property of one. */
    private static final Set<String> NOT_IDENTITY =
            Set.of(
                    "count",
                    "type",
                    "model",
                    "version",
                    "status",
                    "state",
                    "mode",
                    "brand",
                    "colour",
                    "color",
                    "kind",
                    "length",
                    "valid",
                    "total",
                    "side",
                    "os",
                    "assist",
                    "seat",
                    "number_of",
                    "level",
                    "class",
                    "door",
                    "score",
                    "rate");

    private static final Set<String> VIN = Set.of("vin", "clsbh", "cjh", "chassis", "frame");
    private static final List<String> VIN_HAN = List.of("车架号", "车辆识别", "底盘号");
    private static final Set<String> PLATE =
            Set.of("plate", "cph", "cphm", "chepai", "licence", "license", "hphm");
    private static final List<String> PLATE_HAN = List.of("车牌", "号牌");
    private static final Set<String> PHONE =
            Set.of("phone", "mobile", "tel", "telephone", "sjh", "sjhm", "dh", "msisdn", "contact");
    private static final List<String> PHONE_HAN = List.of("手机", "电话", "联系方式");
    private static final Set<String> NAME = Set.of("name", "xm", "xingming", "fullname");
    private static final Set<String> NAME_OF =
            Set.of(
                    "driver",
                    "owner",
                    "user",
                    "customer",
                    "contact",
                    "passenger",
                    "person",
                    "jsy",
                    "full",
                    "real",
                    "first",
                    "last",
                    "family",
                    "given",
                    "member");
    private static final List<String> NAME_HAN = List.of("姓名", "驾驶员", "司机", "车主", "联系人", "乘客");
    private static final Set<String> SERIAL =
            Set.of(
                    "order",
                    "serial",
                    "batch",
                    "build",
                    "seq",
                    "sequence",
                    "trace",
                    "ticket",
                    "sku",
                    "part",
                    "invoice",
                    "bill",
                    "hash",
                    "checksum",
                    "firmware",
                    "fw",
                    "version",
                    "counter",
                    "lsh",
                    "ddh",
                    "tracking",
                    "waybill",
                    "sn",
                    "txn",
                    "transaction",
                    "job");
    private static final List<String> SERIAL_HAN =
            List.of("订单", "流水", "序列", "序号", "批次", "运单", "工单", "版本", "零件", "物料");

    private final String text;
    private final Set<String> words = new HashSet<>();

    ColumnLabel(String text) {
        this.text = text;
        for (String word : SEAMS.split(text)) {
            if (!word.isEmpty()) {
                words.add(word.toLowerCase(Locale.ROOT));
            }
        }
        // camelCase cut what is one word in capitals or small letters
        words.add(NO_LETTER.matcher(text).replaceAll("").toLowerCase(Locale.ROOT));
    }

    boolean longitude() {
        return (any(LONGITUDE) || text.contains("经度")) && !any(NOT_COORDINATE);
    }

    boolean latitude() {
        return (any(LATITUDE) || text.contains("纬度")) && !any(NOT_COORDINATE);
    }

    /** Whether it names a quantity that is no position. */
    boolean quantity() {
        return any(QUANTITY)
                || ((any(LONGITUDE) || any(LATITUDE)) && any(NOT_COORDINATE))
                || contains(QUANTITY_HAN);
    }

    boolean vin() {
        return (any(VIN) || contains(VIN_HAN)) && !any(NOT_IDENTITY);
    }

    boolean plate() {
        return (any(PLATE) || contains(PLATE_HAN)) && !any(NOT_IDENTITY);
    }

    boolean phone() {
        return (any(PHONE) || contains(PHONE_HAN)) && !any(NOT_IDENTITY);
    }

    /** A serial or order number, which many a check digit fits by chance. */
    boolean serial() {
        return any(SERIAL) || contains(SERIAL_HAN);
    }

    boolean personName() {
        return (any(NAME) && any(NAME_OF))
                || words.contains("xm")
                || words.contains("xingming")
                || (contains(NAME_HAN) && !contains(IDENTITY_HAN) && !contains(List.of("编号", "数")));
    }

    /** An id of a vehicle, a device or a person, of whatever form. */
    boolean identity() {
        boolean ofPerson = any(PERSON) && any(ID_WORD);
        return (any(IDENTITY) || ofPerson || contains(IDENTITY_HAN))
                && !any(NOT_IDENTITY)
                && !any(NAME);
    }

    private boolean any(Set<String> list) {
        for (String word : words) {
            if (list.contains(word)) {
                return true;
            }
        }
        return false;
    }

    private boolean contains(List<String> parts) {
        for (String part : parts) {
            if (text.contains(part)) {
                return true;
            }
        }
        return false;
    }
}
