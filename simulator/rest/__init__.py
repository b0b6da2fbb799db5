"""The MES and ERP side, over HTTP."""
