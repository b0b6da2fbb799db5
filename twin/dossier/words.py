"""Headings in three languages; keys of things, codes and times read the same in each."""

from __future__ import annotations

from typing import Final

from twin.records.dossier import Language, Row, Table

_WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "recall": ("Recall dossier", "召回檔案", "召回档案"),
    "trace": ("Trace dossier", "追溯檔案", "追溯档案"),
    "about": ("About", "說明", "说明"),
    "totals": ("Totals", "合計", "合计"),
    "lots": ("Lots", "批次", "批次"),
    "units": ("Units", "產品單元", "产品单元"),
    "orders": ("Orders", "訂單", "订单"),
    "customers": ("Customers", "客戶", "客户"),
    "shipments": ("Shipments", "出貨", "发货"),
    "material_lots": ("Material lots", "原材料批號", "原材料批号"),
    "evidence": ("Evidence", "證據", "证据"),
    "findings": ("Findings", "異常", "异常"),
    "nodes": ("Things", "節點", "节点"),
    "edges": ("Facts between them", "關係", "关系"),
    "item": ("Item", "項目", "项目"),
    "value": ("Value", "內容", "内容"),
    "low": ("At least", "至少", "至少"),
    "high": ("At most", "至多", "至多"),
    "quantity": ("Quantity", "數量", "数量"),
    "unit": ("Unit of measure", "單位", "单位"),
    "certainty": ("Certainty", "確定程度", "确定程度"),
    "since": ("Since", "起始", "起始"),
    "until": ("Until", "截至", "截至"),
    "where": ("Where", "目前位置", "当前位置"),
    "lot_id": ("Lot", "批次", "批次"),
    "product_id": ("Product", "產品", "产品"),
    "unit_id": ("Unit", "產品單元", "产品单元"),
    "substrate_id": ("Substrate", "載板", "载板"),
    "container_id": ("Container", "容器", "容器"),
    "shipment_id": ("Shipment", "出貨單", "发货单"),
    "order_id": ("Order", "訂單", "订单"),
    "customer_id": ("Customer", "客戶", "客户"),
    "material_lot_id": ("Material lot", "原材料批號", "原材料批号"),
    "thing": ("Thing", "對象", "对象"),
    "step": ("Step", "步驟", "步骤"),
    "relation": ("Relation", "關係", "关系"),
    "from": ("From", "來源", "来源"),
    "to": ("To", "去向", "去向"),
    "at": ("At", "時間", "时间"),
    "event_id": ("Event", "事件", "事件"),
    "source": ("Source", "資料來源", "数据来源"),
    "code": ("Code", "代碼", "代码"),
    "things": ("Things", "對象", "对象"),
    "message": ("Message", "訊息", "消息"),
    "found_at": ("Found at", "發現時間", "发现时间"),
    "level": ("Level", "層級", "层级"),
    "kind": ("Kind", "類別", "类别"),
    "key": ("Key", "編號", "编号"),
    "dossier": ("Dossier", "檔案", "档案"),
    "question": ("Question", "查詢", "查询"),
    "as_of": ("As of", "截至(工廠時間)", "截至(工厂时间)"),
    "known_at": ("Known at", "已知時間", "已知时间"),
    "watermark": ("Watermark", "資料水位", "数据水位"),
    "complete": ("Complete", "完整", "完整"),
    "limit_hit": ("Limit hit", "已達上限", "已达上限"),
    "customer": ("For customer", "客戶", "客户"),
    "withheld": ("Withheld", "未顯示", "未显示"),
    "definite_lots": ("Definite lots", "確定批次", "确定批次"),
    "possible_lots": ("Possible lots", "可能批次", "可能批次"),
    "IN_PROCESS": ("In process", "在製", "在制"),
    "IN_STOCK": ("In stock", "庫存", "库存"),
    "SHIPPED": ("Shipped", "已出貨", "已发货"),
    "SCRAPPED": ("Scrapped", "已報廢", "已报废"),
    "CANCELLED": ("Cancelled", "已取消", "已取消"),
    "yes": ("yes", "是", "是"),
    "no": ("no", "否", "否"),
    "the suspect": ("the suspect", "可疑對象", "可疑对象"),
    "material lots": ("material lots", "原材料批號", "原材料批号"),
    "scrap": ("scrap", "報廢", "报废"),
    "numbers of lots shared with others": (
        "numbers of lots shared with others",
        "與他人共用批次的數量",
        "与他人共用批次的数量",
    ),
    "things of others": ("things of others", "他人之物", "他人之物"),
    "machines, materials, tools, recipes, substrates, dies and people": (
        "machines, materials, tools, recipes, substrates, dies and people",
        "設備、原材料、工具、配方、載板、晶粒與人員",
        "设备、原材料、工具、配方、载板、晶粒与人员",
    ),
    "page": ("Page", "頁", "页"),
    "more": (
        "{more} more rows are in the other files of this dossier.",
        "其餘 {more} 列見本檔案的其他格式文件。",
        "其余 {more} 行见本档案的其他格式文件。",
    ),
}
_SAID: Final = frozenset({"complete", "withheld"})
_COLUMN: Final = {Language.EN: 0, Language.ZH_HANT: 1, Language.ZH_HANS: 2}


def word(name: str, language: Language) -> str:
    """A heading; a name without a word of its own stands as it is."""
    words = _WORDS.get(name)
    return name if words is None else words[_COLUMN[language]]


def told_in(table: Table, row: Row, language: Language) -> Row:
    """A row as people read it: names of items are words, and so is what is said of the answer."""
    item, *rest = row
    if table.columns[0] != "item" or not isinstance(item, str):
        return row
    of, _, name = item.partition(" ")
    shown = f"{word(of, language)} {name}" if of == "source" else word(item, language)
    return (shown, *(word(str(said), language) for said in rest)) if item in _SAID else (shown, *rest)
