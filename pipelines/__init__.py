"""The Apache Beam pipelines, and the record formats that they write."""
